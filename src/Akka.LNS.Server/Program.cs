using Akka.LNS.Server;
using Akka.LNS.Server.Metrics;

// before anything else: with too few file descriptors the runtime cannot even load the library of the command line
return FileDescriptors.TooFew() is { } why ? Lnsd.CannotStart(why) : await LnsdCommand.RunAsync(args);
