using Akka.LNS.Stress;

return await StressCommand.RunAsync(args);
