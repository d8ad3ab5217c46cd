using Akka.LNS.Ctl.Verbs;

return await LnsCtl.RunAsync(args);
