global using Akka.Actor;
global using Akka.LNS.Protocol;
global using Microsoft.Extensions.Logging;
