#!/bin/sh
# The training on one accelerator. The first runs go side by side in the background, so that what the later of them need
# can travel while the earlier train.
#   training/accelerator.sh teach NAME MINUTES    t1: five relations; t2: two questions; t3: goes on from shipped.npz of
#                                                 `training.unpack`; mpnet: the larger English backbone, and what it
#                                                 says of the pairs
#   training/accelerator.sh wait                  until all have ended; their figures
#   training/accelerator.sh learn OUT MINUTES     the verifier, from t3 (or START) and what mpnet says, and its figures;
#                                                 TEACHERS="t1 t2 t3" adds the mean of those
# Needs training/work of `python -m training.data`, for mpnet also of `python -m training.mpnet`.
# OUT gets logs, tables, logits and the verifier's checkpoint in parts of 15 MB; the teachers stay in training/work.
set -u
w=training/work; export PYTHONUNBUFFERED=1
teaching=${TEACHING:-worlds=0.43,items=0.24,templates=0.03,rewrites=0.02,public=0.28}
learning=${LEARNING:-worlds=0.48,items=0.26,templates=0.03,rewrites=0.02,public=0.21}
start=${START:-t3}; teachers=${TEACHERS:-}; workers=${WORKERS:-3}; tokens=${TOKENS:-24576}
train() { name=$1; shift
  rm -f "$w/$name.npz" "$w/$name.state.pt" "$w/$name.log"
  python3 -m training.train --out "$w/$name.npz" --unmined --draws 4000 --minutes "$@" > "$w/$name.out" 2>&1; }
evaluate() { name=$1; shift; python3 -m training.evaluate "$w/$name.npz" --table "$w/$name-table.json" "$@" > "$w/$name-table.md" 2>&1; }

case $1 in
teach)
  rm -f "$w/$2.done"
  setsid nohup sh "$0" "$2" "$3" > "$w/$2.err" 2>&1 &
  echo $! > "$w/$2.begun"
  sleep 1; echo "$2 begun";;
t1) train t1 "$2" --mix "$teaching" --tokens "$tokens" --rate 1e-4 --seed 1 --workers "$workers"
  evaluate t1; touch $w/t1.done;;
t2) train t2 "$2" --mix "$teaching" --tokens "$tokens" --rate 1.2e-4 --seed 2 --heads two --workers "$workers"
  evaluate t2; touch $w/t2.done;;
t3) train t3 "$2" --mix "$teaching" --tokens "$tokens" --rate 8e-5 --seed 3 --start $w/shipped.npz --workers "$workers"
  evaluate t3; touch $w/t3.done;;
mpnet) train mpnet "$2" --backbone mpnet --mix "$teaching" --tokens $((tokens * 2 / 3)) --rate 4e-5 --seed 4 --workers "$workers"
  evaluate mpnet --backbone mpnet --split dev measure train --out $w/soft.npz; touch $w/mpnet.done;;
wait)
  for begun in $w/*.begun; do
    name=$(basename "$begun" .begun)
    while [ ! -f "$w/$name.done" ] && kill -0 "$(cat "$begun")" 2>/dev/null; do sleep 1; done
    [ -f "$w/$name.done" ] || echo "$name ended before it was done"
    date "+%T $name"; cat "$w/$name.err"; tail -n 1 "$w/$name.out"
    grep -E "written|worlds|deciding|fever|templ|xnli" "$w/$name-table.md"
  done;;
learn)
  chosen=; for name in $teachers; do chosen="$chosen $w/$name.npz"; done
  soft=; [ -f $w/soft.npz ] && soft="--soft $w/soft.npz"
  train verifier "$3" --start "$w/$start.npz" --teachers $chosen $soft --mix "$learning" \
    --tokens "$tokens" --rate 6e-5 --seed 10 --workers 9
  tail -n 2 $w/verifier.out; date "+%T trained"
  evaluate verifier --out "$2/verifier-logits.npz"; date "+%T evaluated"
  split -b 15m $w/verifier.npz "$2/verifier.npz."
  tar -czf "$2/tables.tgz" $w/*-table.* $w/*.out $w/*.log
  cat $w/verifier-table.md;;
esac
