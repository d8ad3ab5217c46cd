using Akka.LNS.DataPlane.L2tpSockets;
using Tmds.Linux;

namespace Akka.LNS.DataPlane.Tests.L2tpSockets;

public class SystemCallsTests
{
    /// <summary>The kernel reads and writes this memory: a wrong size would overwrite other memory.</summary>
    [Fact]
    public unsafe void Structures_have_the_sizes_of_64_bit_Linux() => Assert.Equal((16, 56, 64, 8, 8, 16),
        (sizeof(iovec), sizeof(msghdr), sizeof(mmsghdr), sizeof(pollfd), sizeof(SystemCalls.SockFilter), sizeof(SystemCalls.SockFprog)));

    /// <summary>The kernel's fields have 8 octets where msghdr of Tmds.LibC has 4 and padding.</summary>
    [Fact]
    public unsafe void Lengths_of_a_message_header_stand_where_the_kernel_reads_them()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "written for a little-endian host");
        var header = new msghdr { msg_iovlen = 2, msg_controllen = 40, msg_flags = 7 };
        var words = (ulong*)&header;
        Assert.Equal((2ul, 40ul, 7), (words[3], words[5], ((int*)&header)[12]));
    }
}
