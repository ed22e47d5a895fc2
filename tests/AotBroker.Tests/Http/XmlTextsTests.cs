using System.Text;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>Of a document, a few texts; of what no service writes, nothing.</summary>
public sealed class XmlTextsTests
{
    private static string?[]? Read(string xml, params string[] paths) => XmlTexts.Read(Encoding.UTF8.GetBytes(xml), paths);

    [Theory]
    [InlineData("<a><b>x</b></a>", "x")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"https://x/\">\r\n  <c/>\n  <b >x</b >\n</a>\n", "x")]
    [InlineData("<a><b x='>' y = \"'\">x y\n</b><d><b>z</b></d></a>", "x y\n")]
    [InlineData("<a><b>&lt;&amp;amp;&quot;&apos;&gt;ü</b></a>", "<&amp;\"'>ü")]
    [InlineData("<a><b><![CDATA[x<&]]></b></a>", "x<&")]
    [InlineData("<a><b>x<![CDATA[&lt;]]>y</b></a>", "x&lt;y")]
    [InlineData("<a><b>x<!-- no -->y</b></a>", "xy")]
    [InlineData("<?xml version='1.0'?><!-- a --><a><!-- <b>y</b> --><b>x</b></a><!-- b -->\n", "x")]
    [InlineData("<a><b>&#65;&#x42;&#x1F600;&#034;&#xa;</b></a>", "AB😀\"\n")]
    [InlineData("<a>&#32;<b>x</b><!----></a>", "x")]
    [InlineData("<a><b/></a>", "")]
    [InlineData("<a><b></b></a>", "")]
    [InlineData("<a><c><b>x</b></c></a>", null)]
    [InlineData("<a><x:b>x</x:b><B>x</B></a>", null)]
    [InlineData("<a/>", null)]
    public void The_text_of_an_element_is_found_by_its_path(string xml, string? text) => Assert.Equal((string?[])[text], Read(xml, "a/b")!);

    [Fact]
    public void Each_path_has_its_own_text() => Assert.Equal((string?[])["1", null, "2"], Read("<a><b>1</b><c><d>2</d></c></a>", "a/b", "a/d", "a/c/d")!);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("{\"a\":1}")]
    [InlineData("<a>")]
    [InlineData("<a><b>x</b>")]
    [InlineData("<a><b>x</a></b>")]
    [InlineData("<a><b>x</c></a>")]
    [InlineData("</a>")]
    [InlineData("<a></a><a></a>")]
    [InlineData("<a></a>x")]
    [InlineData("x<a></a>")]
    [InlineData("<a")]
    [InlineData("<a b")]
    [InlineData("<a b=>")]
    [InlineData("<a b='>")]
    [InlineData("<a b='<'></a>")]
    [InlineData("<a b='c'd='e'></a>")]
    [InlineData("<a b='c' / ></a>")]
    [InlineData("<1></1>")]
    [InlineData("< a></ a>")]
    [InlineData("<?xml version='1.0'")]
    [InlineData("<a><?p q?></a>")]
    [InlineData("<a>x<b>y</b></a>")]
    [InlineData("<a><b>y</b>x</a>")]
    [InlineData("<a><b>\u0001</b></a>")]
    public void What_is_not_well_formed_is_not_taken(string xml) => Assert.Null(Read(xml, "a/b"));

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY e \"x\">]><a><b>&e;</b></a>")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a><b>x</b></a>")]
    [InlineData("<![CDATA[x]]><a><b>x</b></a>")]
    [InlineData("<a><![CDATA[x]]><b>x</b></a>")]
    [InlineData("<a><b>x</b></a><![CDATA[]]>")]
    [InlineData("<a><b><![CDATA[x]]</b></a>")]
    [InlineData("<a><b>x<!-- -- --></b></a>")]
    [InlineData("<a><b>x<!-- </b></a>")]
    [InlineData("<a><b>x</b></a><!-- ")]
    [InlineData("<a><b>&#0;</b></a>")]
    [InlineData("<a><b>&#8;</b></a>")]
    [InlineData("<a><b>&#xD800;</b></a>")]
    [InlineData("<a><b>&#xFFFE;</b></a>")]
    [InlineData("<a><b>&#x110000;</b></a>")]
    [InlineData("<a><b>&#-5;</b></a>")]
    [InlineData("<a><b>&#;</b></a>")]
    [InlineData("<a><b>&#x;</b></a>")]
    [InlineData("<a><b>&#99999999999;</b></a>")]
    [InlineData("<a><b>&e;</b></a>")]
    [InlineData("<a><b>&amp</b></a>")]
    [InlineData("<a><b>x</b><b>y</b></a>")]
    public void What_two_readers_could_read_differently_is_not_taken(string xml) => Assert.Null(Read(xml, "a/b"));

    [Fact]
    public void Octets_that_are_no_text_are_not_taken() => Assert.Null(XmlTexts.Read([.. "<a><b>"u8, 0xFF, .. "</b></a>"u8], "a/b"));

    [Fact]
    public void A_document_that_is_too_deep_is_not_taken()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth));

        Assert.NotNull(Read(Nested(16)));
        Assert.Null(Read(Nested(17)));
        Assert.Null(Read(Nested(100_000)));
    }

    [Fact]
    public void Every_document_that_is_cut_short_is_not_taken()
    {
        const string Whole = "<?xml version=\"1.0\"?><a xmlns='x'><c/><b>x&amp;y</b></a>";
        Assert.Equal((string?[])["x&y"], Read(Whole, "a/b")!);

        Assert.All(Enumerable.Range(0, Whole.Length), length => Assert.Null(Read(Whole[..length], "a/b")));
    }
}
