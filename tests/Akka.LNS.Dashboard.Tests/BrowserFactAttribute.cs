using System.Runtime.CompilerServices;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>A test in a real browser; skipped where Debian's is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = $"{Chromium.Program} is not there: apt-get install chromium";
        SkipType = typeof(Chromium);
        SkipUnless = nameof(Chromium.IsThere);
    }
}

/// <summary>The browser of Debian's package.</summary>
public static class Chromium
{
    public const string Program = "/usr/bin/chromium";

    public static bool IsThere => File.Exists(Program);
}
