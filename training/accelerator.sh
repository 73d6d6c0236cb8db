#!/bin/sh
# The whole training on one accelerator, in about seven minutes: three teachers and the retriever side by side, then a
# student of the three. Needs training/work/{pairs.npz,base.npz,prefixes.json} of `python -m training.data`.
# usage: training/accelerator.sh OUT_FOLDER [TEACHER_MINUTES] [STUDENT_MINUTES] [KEEP_FOLDER]
set -u
out=$1; teach=${2:-2.3}; learn=${3:-2.0}; w=training/work; keep=${4:-$out}; rm -f $w/t*.npz $w/student.npz $w/*.state.pt
export PYTHONUNBUFFERED=1
nvidia-smi --query-gpu=name --format=csv,noheader
python3 -c "
from training.train import *
mined(WORK, Pairs(WORK / 'pairs.npz'), 'cuda')"; date +%T
i=1
for rate in 8e-5 1e-4 1.2e-4; do
  python3 -m training.train --out $w/t$i.npz --draws 400 --tokens 24576 --minutes "$teach" --rate $rate --seed $i --workers 4 > "$out/t$i.log" 2>&1 &
  i=$((i + 1))
done
python3 -m training.contrastive --out $w/retriever.npz --minutes "$teach" > "$out/retriever.log" 2>&1 &
wait; date +%T
tail -qn 1 "$out"/t?.log; grep -E "before|after|Error" "$out/retriever.log"
python3 -m training.train --out $w/student.npz --start $w/t2.npz --teachers $w/t1.npz $w/t2.npz $w/t3.npz --draws 400 --tokens 24576 --minutes "$learn" --rate 1e-4 --seed 9 --workers 10 > "$out/student.log" 2>&1
date +%T; tail -n 1 "$out/student.log"
for name in t2 student; do python3 -m training.evaluate $w/$name.npz --out "$out/$name-logits.npz" --table "$out/$name-table.json" | tee "$out/$name-table.md" | grep -E "written|found|fever|templ|ling|xnli"; done
mkdir -p "$keep"; cp $w/retriever.npz $w/t2.npz "$out"/t2-logits.npz "$out"/*.log "$keep"; rm -f "$out"/t2-logits.npz
cat "$out"/t1.log "$out"/t2.log "$out"/t3.log "$out"/student.log "$out"/retriever.log > "$out/all.txt"; rm "$out"/[!r]*.log
cat $w/student.npz | split -b 15m - "$out/student.npz."
date +%T; ls -la "$out"
