global using System.Globalization;

// one lab at a time: the machine has few cores, and a client that starves proves nothing
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
