using System.Text.RegularExpressions;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Settings;

/// <summary>lns.conf with its examples.</summary>
internal static class LnsConf
{
    /// <summary>A text that every key with a secret accepts.</summary>
    public const string Token = "a-text-of-more-than-16-octets";

    /// <summary>The examples, which begin with #=, without that mark. Lines keep their numbers.</summary>
    public static string WithExamples(string text) => Regex.Replace(text, @"(?m)^(\s*)#=", "$1");

    /// <summary>lns.conf with its examples and with what they need: own addresses and files.</summary>
    /// <param name="files">Where the files are created.</param>
    public static string Complete(TemporaryFolder files) =>
        WithFiles(WithExamples(EmbeddedConfiguration.Reference), files)
            .Replace("own-address = none", "own-address = 192.0.2.1", StringComparison.Ordinal);

    /// <summary>The text, with files that are there instead of those that it names.</summary>
    /// <param name="files">Where the files are created.</param>
    public static string WithFiles(string text, TemporaryFolder files)
    {
        var folder = files.Path;
        using var ca = new TestCa("any");
        using var server = ca.Server();
        TestCa.Write(folder, server);
        TestCa.Replace(Path.Combine(folder, "ca.pem"), ca.Certificate.ExportCertificatePem());
        text = Regex.Replace(text, @"(secret|password|token)-file = ""[^""]*""", "$1-file = /proc/version");
        text = Regex.Replace(text, @"\bclient-ca = (none|""[^""]*"")", $"client-ca = \"{folder}/server.pem\"");
        text = Regex.Replace(text, @" ca = none", $" ca = \"{folder}/ca.pem\"");
        text = Regex.Replace(text, @" certificate = (none|""[^""]*"")", $" certificate = \"{folder}/server.pem\"");
        return Regex.Replace(text, @" key = (none|""[^""]*"")", $" key = \"{folder}/server.key\"");
    }
}
