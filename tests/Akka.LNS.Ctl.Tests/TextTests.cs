using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Tests;

/// <summary>Numbers, durations and escaped texts.</summary>
public class TextTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.256, "0.26s")]
    [InlineData(9.5, "9.5s")]
    [InlineData(59.4, "59s")]
    [InlineData(59.9, "1m00s")]
    [InlineData(3599, "59m59s")]
    [InlineData(7500, "2h05m")]
    [InlineData(86400, "1d00h")]
    [InlineData(-5, "-5s")]
    public void A_duration_has_its_two_largest_units(double seconds, string text) => Assert.Equal(text, DurationText.Show(seconds));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1.0KiB")]
    [InlineData(1572864, "1.5MiB")]
    [InlineData(1073741823, "1.0GiB")]
    [InlineData(1.8e19, "15.6EiB")]
    public void Octets_have_one_decimal_place_and_a_binary_unit(double octets, string text) => Assert.Equal(text, Units.Octets(octets));

    [Theory]
    [InlineData(0, "0bit/s")]
    [InlineData(125, "1.0kbit/s")]
    [InlineData(1_250_000, "10.0Mbit/s")]
    public void A_rate_has_one_decimal_place_and_a_decimal_unit(double octetsPerSecond, string text) =>
        Assert.Equal(text, Units.Rate(octetsPerSecond));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("2d", 172_800)]
    public void A_duration_is_a_number_and_a_unit(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.Value.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("h")]
    [InlineData("-5s")]
    [InlineData("1e9s")]
    [InlineData("5 s")]
    [InlineData("999999999999999999d")]
    public void Other_texts_are_not_durations(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Zoë", "Zoë")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("two\nlines", "two\\u000alines")]
    [InlineData("abc\u202edef", "abc\\u202edef")]
    public void Control_characters_in_a_user_name_are_escaped(string text, string shown) => Assert.Equal(shown, Output.Printable(text));
}
