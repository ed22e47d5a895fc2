using System.Globalization;
using System.Text;
using AotBroker.Errors;
using AotBroker.Reporting;

namespace AotBroker.Tests;

/// <summary>Standard error: one line each, and nothing from outside can start a line, move the cursor or colour the terminal.</summary>
public sealed class ReporterTests : IDisposable
{
    private readonly CapturedStream _stream = new();

    public void Dispose() => _stream.Dispose();

    private Reporter Reporter(bool color = false) => new(_stream.Stream, () => color);

    [Fact]
    public void An_error_is_a_line_with_its_code_and_a_line_for_each_hint()
    {
        Reporter().Error(new BrokerException(ErrorCode.IdentityUnreadable, "cannot read it", "mount it", "or not"));

        Assert.Equal("aotbroker: error[AB0402]: cannot read it\naotbroker: hint: mount it\naotbroker: hint: or not\n", _stream.Text);
    }

    [Fact]
    public void A_warning_and_a_note_are_told_as_such()
    {
        Reporter().Warning(ErrorCode.ServedOld, "served the old one");
        Reporter().Note("presenting");

        Assert.Equal("aotbroker: warning[AB0804]: served the old one\naotbroker: presenting\n", _stream.Text);
    }

    [Fact]
    public void Only_the_label_is_coloured()
    {
        Reporter(color: true).Error(new BrokerException(ErrorCode.Usage, "x", "y"));

        Assert.Equal("aotbroker: \e[31merror[AB0201]\e[0m: x\naotbroker: hint: y\n", _stream.Text);
    }

    [Theory]
    [InlineData("a\nb", "a\\u000ab")]
    [InlineData("a\r\nb", "a\\u000d\\u000ab")]
    [InlineData("\e[31mred", "\\u001b[31mred")]
    [InlineData("\b\b\b", "\\u0008\\u0008\\u0008")]
    [InlineData("\0", "\\u0000")]
    [InlineData("\x7f", "\\u007f")]
    [InlineData("\u0085", "\\u0085")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("\u202etxt.exe", "\\u202etxt.exe")]
    [InlineData("\u2066x\u2069", "\\u2066x\\u2069")]
    [InlineData("\u200b", "\\u200b")]
    [InlineData("\ufeff", "\\ufeff")]
    [InlineData("\u2028", "\\u2028")]
    [InlineData("\u2029", "\\u2029")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    [InlineData("plain äöü \U0001f600 \u4e2d", "plain äöü \U0001f600 \u4e2d")]
    [InlineData("a ##vso[task.complete]done", "a #\\u0023vso[task.complete]done")]
    [InlineData("##[error]x", "#\\u0023[error]x")]
    [InlineData("###VSO[x]", "#\\u0023\\u0023VSO[x]")]
    [InlineData("::error::x", ":\\u003aerror::x")]
    [InlineData("a ::set-output name=x::y", "a :\\u003aset-output name=x::y")]
    [InlineData(":::warning file=a,line=1::z", "::\\u003awarning file=a,line=1::z")]
    [InlineData("arn:aws:iam::123456789012:role/x, arn:aws:s3:::b and [::1]:80", "arn:aws:iam::123456789012:role/x, arn:aws:s3:::b and [::1]:80")]
    [InlineData("fe80::a or fe80::b", "fe80::a or fe80::b")]
    [InlineData("# one, a#b, c::d", "# one, a#b, c::d")]
    [InlineData("", "")]
    public void What_would_act_on_a_terminal_is_shown_as_an_escape(string text, string expected)
    {
        Assert.Equal(expected, Redaction.Printable(text));

        Reporter().Error(new BrokerException(ErrorCode.Usage, text, text));
        Assert.Equal([$"aotbroker: error[AB0201]: {expected}", $"aotbroker: hint: {expected}"], _stream.Lines);
    }

    [Fact]
    public void Whatever_is_reported_each_line_is_one_of_ours()
    {
        const int Seed = 20300109;
        Random random = new(Seed);
        for (int i = 0; i < 2000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)(random.Next(2) == 0 ? random.Next(0x100) : random.Next(0x10000)))]);

            string shown = Redaction.Printable(text);

            foreach (Rune rune in shown.EnumerateRunes())
            {
                Assert.False(
                    Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
                    $"seed {Seed}, round {i}: {rune.Value:x}");
            }
            Assert.True(shown == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shown)), $"seed {Seed}, round {i}");
        }
    }

    [Theory]
    [InlineData("the address from @ is not an https address")]
    [InlineData("line 1, column 9, /identity/path: expected text, found \"@")]
    [InlineData("cannot run ./@: No such file or directory")]
    [InlineData("@")]
    public void What_looks_like_a_token_is_never_shown(string message)
    {
        foreach (string token in new[] { Made.AccessToken(), Made.AccessToken()[..30], Made.Jwt("{}"), Made.Jwt("{}")[..20] })
        {
            Assert.Equal(message.Replace("@", "[redacted]", StringComparison.Ordinal), Redaction.Shown(message.Replace("@", token, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void What_only_starts_like_one_is_shown() => Assert.Equal("sk-ant-api03, eyJ", Redaction.Shown("sk-ant-api03, eyJ"));

    [Fact]
    public void A_line_is_never_longer_than_anybody_reads() => Assert.InRange(Redaction.Shown(new string('x', 1 << 20)).Length, 1000, 10_000);

    [Fact]
    public void A_closed_standard_error_is_nobodys_error() =>
        Assert.Null(Record.Exception(static () => new Reporter(new StandardStream(int.MaxValue), static () => false).Note("to nobody")));
}
