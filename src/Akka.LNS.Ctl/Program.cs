using Akka.LNS.Ctl;

return await LnsCtl.RunAsync(args);
