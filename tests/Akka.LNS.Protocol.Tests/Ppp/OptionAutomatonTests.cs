using System.Globalization;
using Akka.LNS.Protocol.Ppp;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class OptionAutomatonTests
{
    /// <summary>The table as printed in RFC 1661 section 4.1; the columns are the states 0 to 9.</summary>
    public static TheoryData<AutomatonEvent, string> Rows => new()
    {
        { AutomatonEvent.Up, "2 irc,scr/6 - - - - - - - -" },
        { AutomatonEvent.Down, "- - 0 tls/1 0 1 1 1 1 tld/1" },
        { AutomatonEvent.Open, "tls/1 1 irc,scr/6 3r 5r 5r 6 7 8 9r" },
        { AutomatonEvent.Close, "0 tlf/0 2 2 4 4 irc,str/4 irc,str/4 irc,str/4 tld,irc,str/4" },
        { AutomatonEvent.TimeoutLeft, "- - - - str/4 str/5 scr/6 scr/6 scr/8 -" },
        { AutomatonEvent.TimeoutLast, "- - - - tlf/2 tlf/3 tlf/3p tlf/3p tlf/3p -" },
        { AutomatonEvent.ReceiveConfigureRequestGood, "- - sta/2 irc,scr,sca/8 4 5 sca/8 sca,tlu/9 sca/8 tld,scr,sca/8" },
        { AutomatonEvent.ReceiveConfigureRequestBad, "- - sta/2 irc,scr,scn/6 4 5 scn/6 scn/7 scn/6 tld,scr,scn/6" },
        { AutomatonEvent.ReceiveConfigureAck, "- - sta/2 sta/3 4 5 irc/7 scr/6x irc,tlu/9 tld,scr/6x" },
        { AutomatonEvent.ReceiveConfigureNak, "- - sta/2 sta/3 4 5 irc,scr/6 scr/6x irc,scr/8 tld,scr/6x" },
        { AutomatonEvent.ReceiveTerminateRequest, "- - sta/2 sta/3 sta/4 sta/5 sta/6 sta/6 sta/6 tld,zrc,sta/5" },
        { AutomatonEvent.ReceiveTerminateAck, "- - 2 3 tlf/2 tlf/3 6 6 8 tld,scr/6" },
        { AutomatonEvent.ReceiveUnknownCode, "- - scj/2 scj/3 scj/4 scj/5 scj/6 scj/7 scj/8 scj/9" },
        { AutomatonEvent.ReceiveRejectPermitted, "- - 2 3 4 5 6 6 8 9" },
        { AutomatonEvent.ReceiveRejectCatastrophic, "- - tlf/2 tlf/3 tlf/2 tlf/3 tlf/3 tlf/3 tlf/3 tld,irc,str/5" },
        { AutomatonEvent.ReceiveEcho, "- - 2 3 4 5 6 7 8 ser/9" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    [Trait("Rfc", "RFC1661-4.1-1")]
    public void Every_cell_equals_the_table_of_the_rfc(AutomatonEvent ev, string row)
    {
        var cells = row.Split(' ');
        Assert.Equal(10, cells.Length);
        for (var state = 0; state < 10; state++)
            Assert.Equal((state, Parse(cells[state], state)), (state, OptionAutomaton.On((AutomatonState)state, ev)));
    }

    [Fact]
    public void The_table_is_complete() => Assert.Equal(Enum.GetValues<AutomatonEvent>().Length, Rows.Count);

    private static AutomatonStep Parse(string cell, int state)
    {
        if (cell == "-") return new AutomatonStep((AutomatonState)state, AutomatonActions.None, IsLegal: false);
        var parts = cell.TrimEnd('p', 'r', 'x').Split('/'); // the letters mark options of the RFC that this LNS does not use
        var actions = AutomatonActions.None;
        if (parts.Length == 2)
        {
            foreach (var action in parts[0].Split(',')) actions |= Enum.Parse<AutomatonActions>(action, ignoreCase: true);
        }
        return new AutomatonStep((AutomatonState)int.Parse(parts[^1], CultureInfo.InvariantCulture), actions, IsLegal: true);
    }
}
