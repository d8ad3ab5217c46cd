using System.Runtime.CompilerServices;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>A test in a browser. Skipped if Chromium of Debian is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = $"{Chromium.Program} is missing: apt-get install chromium";
        SkipType = typeof(Chromium);
        SkipUnless = nameof(Chromium.IsThere);
    }
}

/// <summary>The browser of the Debian package.</summary>
public static class Chromium
{
    public const string Program = "/usr/bin/chromium";

    public static bool IsThere => File.Exists(Program);
}
