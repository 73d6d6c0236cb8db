#!/bin/sh
# The training on one accelerator, in two calls of some minutes each. Needs training/work of `python -m training.data`
# and, for the English teacher, of `python -m training.mpnet`.
#   training/accelerator.sh teach OUT MINUTES   two teachers, the English teacher and the retriever, side by side
#   training/accelerator.sh learn OUT MINUTES   the student of those teachers, and its figures
# OUT gets logs, tables, logits and the checkpoint of retriever or student in parts of 15 MB; the teachers stay in
# training/work.
set -u
stage=$1; out=$2; minutes=$3; w=training/work; export PYTHONUNBUFFERED=1
log() { echo "$(date +%T) $*"; }
train() { name=$1; shift; python3 -m training.train --out "$w/$name.npz" --draws 4000 --minutes "$minutes" "$@" > "$w/$name.out" 2>&1; }
evaluate() { name=$1; shift; python3 -m training.evaluate "$w/$name.npz" --table "$out/$name-table.json" "$@" > "$w/$name-table.md"; }

if [ "$stage" = teach ]; then
  rm -f $w/t1.* $w/t2.* $w/mpnet.* $w/retriever.npz $w/negatives*.npy
  nvidia-smi --query-gpu=name --format=csv,noheader
  python3 -c "
from training.train import *
mined(WORK, Pairs(WORK / 'pairs.npz'), 'cuda')" && log mined
  train t1 --tokens 24576 --rate 1e-4 --seed 1 --workers 3 &
  train t2 --tokens 24576 --rate 1.2e-4 --seed 2 --heads two --workers 3 &
  train mpnet --backbone mpnet --tokens 16384 --rate 4e-5 --seed 3 --workers 3 &
  python3 -m training.contrastive --out $w/retriever.npz --minutes "$(awk "BEGIN { print 0.6 * $minutes }")" > "$out/retriever.log" 2>&1 &
  wait; log trained
  tail -qn 1 $w/t1.out $w/t2.out $w/mpnet.out "$out/retriever.log"
  evaluate t1 & evaluate t2 &
  evaluate mpnet --backbone mpnet --split dev measure train --out $w/soft.npz &
  wait; log evaluated
  split -b 15m $w/retriever.npz "$out/retriever.npz."
else
  rm -f $w/student.npz $w/student.state.pt
  soft=$w/soft.npz; [ -f $soft ] && soft="--soft $soft" || soft=
  train student --start $w/t1.npz --teachers $w/t1.npz $w/t2.npz $soft --tokens 24576 --rate 1e-4 --seed 9 --workers 8
  tail -n 1 $w/student.out; log trained
  evaluate student --out "$out/student-logits.npz"; log evaluated
  split -b 15m $w/student.npz "$out/student.npz."
fi
for name in $w/*-table.md; do echo "$name"; grep -E "written|worlds|found|fever|templ|xnli" "$name"; done
cat $w/*.out > "$out/$stage.log"; ls -la "$out"
