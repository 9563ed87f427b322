"""This series against its peers, side by side in one run: `make bench`.

steps        images per second of a training step
quality      distance from real digits against seconds of training
startup      waiting times before the first step, and of the slider
grading      a class of 100 graded in one go
peers        the peers in TensorFlow and Keras, from their published recipes
peers_torch  the peer in PyTorch
flops        what a step has to compute, from the layers' shapes
contenders   who is compared in step speed, and the networks
kept         what a speed depends on, so that it is measured anew only when that changes
machine      the machine, its vector instructions and the commit, in words
processes    work in a new process, so that all start equal
cures        what notebook 07 draws: `python -m benchmarks.cures`
modern       what notebook 08 draws: `python -m benchmarks.modern`; `flow` is its peer
targets      what is to be reached, and whether it is, for each kind of processor
speeds       the report's sections on step speed and start-up
report       RESULTS.md and the curve
words        how numbers and tables are written
"""
