using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.DataPlane.Tests.Tun;

namespace Akka.LNS.DataPlane.Tests;

/// <summary>Tests that hold for a plane in this program and for one in the native library.</summary>
public abstract class PlaneTests
{
    /// <summary>Path of the native library. Null: the plane's threads run in this program.</summary>
    protected virtual string? Library => null;

    /// <inheritdoc cref="TestNet.Run"/>
    protected void Run(Action body) => TestNet.Run(With(body));

    /// <inheritdoc cref="TestNet.RunWithTun"/>
    protected void RunWithTun(Action body) => TestNet.RunWithTun(With(body));

    private Action With(Action body) => () =>
    {
        Bench.Library = Library;
        body();
    };

    /// <summary>The library that `tests/run.sh` builds.</summary>
    protected static string NativeLibrary
    {
        get
        {
            Assert.SkipUnless(File.Exists(Planes.NativeLibrary), "lnsplane.so is missing: build with -p:NativePlane=true");
            return Planes.NativeLibrary;
        }
    }
}

public sealed class NativeNullPlaneTests : NullPlaneTests
{
    protected override string? Library => NativeLibrary;
}

public sealed class NativeTunPlaneTests : TunPlaneTests
{
    protected override string? Library => NativeLibrary;
}

public sealed class NativeDeviceWatchTests : DeviceWatchTests
{
    protected override string? Library => NativeLibrary;
}
