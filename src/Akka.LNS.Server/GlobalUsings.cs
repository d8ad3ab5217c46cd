global using Akka.LNS.Actors.Node;
