"""This series against its peers, side by side in one run: `make bench`.

steps        images per second of a training step
startup      waiting times before the first step, and of the slider
grading      a class of 100 graded in one go
peers        the peers in TensorFlow and Keras, from their published recipes
peers_torch  the peer in PyTorch
quality      distance from real digits against processor time: `python -m benchmarks.quality`
games_keras  two recipes of Keras's examples that take part in it
reused       notebook 05's game with D's fakes used again, beside it
games_torch  notebook 08's game in PyTorch, which does so too
flops        what a step has to compute, from the layers' shapes
contenders   who is compared in step speed, and the networks
kept         what a speed depends on, so that it is measured anew only when that changes
machine      the machine, its vector instructions and the commit, in words
processes    work in a new process, so that all start equal
cures        what notebook 07 draws: `python -m benchmarks.cures`
modern       what notebook 08 draws: `python -m benchmarks.modern`; `flow` is its peer
targets      what is to be reached, and whether it is, for each kind of processor
speeds       the report's sections on step speed and start-up
spent        the report's section on distance against processor time, and its curve
report       RESULTS.md
words        how numbers and tables are written
"""
