using Akka.LNS.Benchmarks;
using Akka.LNS.Stress.Nodes;

return args switch
{
    ["setup", .. var rest] => SetupOptions.TryParse(rest, out var options, out var error)
        ? OwnNetwork.Enter(rest) ?? await new SetupBenchmark(options).RunAsync()
        : Usage.Refuse(error),
    ["forward", .. var rest] => ForwardOptions.TryParse(rest, out var options, out var error)
        ? OwnNetwork.Enter(rest) ?? await new ForwardBenchmark(options).RunAsync()
        : Usage.Refuse(error),
    ["storm", .. var rest] => StormOptions.TryParse(rest, out var options, out var error)
        ? OwnNetwork.Enter(rest) ?? await new StormBenchmark(options).RunAsync()
        : Usage.Refuse(error),
    ["beside", .. var rest] => BesideOptions.TryParse(rest, out var options, out var error)
        ? OwnNetwork.Enter(rest) ?? BesideBenchmark.Run(options)
        : Usage.Refuse(error),
    ["--help" or "-h" or "help"] => Usage.Show(),
    [] => Usage.Refuse("nothing to do"),
    [var other, ..] => Usage.Refuse($"unknown benchmark: {other}"),
};
