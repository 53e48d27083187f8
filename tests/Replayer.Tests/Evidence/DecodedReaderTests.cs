using System.Globalization;
using System.Text;

namespace Replay.Replayer.Tests.Evidence;

public class DecodedReaderTests
{
    private const string Odd = "b=<101> Odd \"name\": x=NULL flag=<true> tags=<{a,\"b c\",d'e}> kind=<it's> p=<(1,\"x)y\")> d=<3> f=<NaN> num=<10.50> ts=<2026-05-01 15:30:00+05:30> raw=<\\x00ff27> j=<{\"a\": \"b\\nc\"}> c=<ab   > fixed=<010> u=<0d9d3f0e-7c53-4a63-8d5c-7f1c3c0bb3e1> iv=<1 day> order=<7> r=<[1,5)> q=<{{1,2},{3,4}}>";

    private static readonly string[] Said =
    [
        "begin 766",
        $"Insert public.t is id=<1> n=<-5> s=<it's\nBEGIN 9> {Odd}",
        "commit 766 1795287646194250",
        "begin 768",
        $"Update public.t is id=<1> n=<6> s=? {Odd}",
        "commit 768 1795287646235211",
        "begin 769",
        "Insert S 1.T.2 is id=<1> v=<v>",
        "Update S 1.T.2 was id=<1> is id=<2> v=<v>",
        "Delete S 1.T.2 was id=<2>",
        "Insert public.nokey is v=<a>",
        "Update public.nokey is v=<b>",
        "Delete public.nokey",
        "Insert public.fullid is id=<1> v=<a>",
        "Update public.fullid was id=<1> v=<a> is id=<1> v=<b>",
        "Delete public.fullid was id=<1> v=<b>",
        "Insert public.a is id=<1>",
        "Insert public.b,c is id=<1>",
        "Truncate public.a public.b,c",
        "commit 769 1795287646264145",
        "begin 770",
        "Truncate public.a",
        "commit 770 1795287646270190",
        "begin 771",
        "Insert public.a is id=<2>",
        "commit 771 1795287646275474",
        "begin 772",
        "Insert public.a is id=<3>",
        "Insert public.a is id=<5>",
        "commit 772 1795287646280878",
        "begin 776",
        "commit 776 1795287646288960",
        "begin 777",
        "commit 777 1795287646292421",
    ];

    [Fact]
    public void WhatAServerWroteIsRead() => Assert.Equal(Said, DecodedText.Say(DecodedSamples.Postgres18));

    [Fact]
    public void WhatIsPreparedIsLeftOut() => Assert.Equal(["begin 753", "abandon", "begin 0", "commit 0 1777638896500000"], DecodedText.Say(
        """
        BEGIN 753
        PREPARE TRANSACTION 'it''s
        BEGIN 1', txid 753
        COMMIT PREPARED 'it''s', txid 753 (at 2026-05-01 12:34:57+00)
        BEGIN
        COMMIT (at 2026-05-01 09:04:56.5-03:30)

        """));

    [Fact]
    public void WindowsEndsOfLinesAreRead() => Assert.Equal(["begin 5", "Insert public.t is id=<1>", "commit 5 1777638896000000"], DecodedText.Say("BEGIN 5\r\ntable public.t: INSERT: id[integer]:1\r\nCOMMIT 5 (at 2026-05-01 12:34:56+00)\r\n"));

    [Fact]
    public void WhatIsNotWholeSaysNothing()
    {
        var bytes = Encoding.UTF8.GetBytes(DecodedSamples.Postgres18);
        for (var length = 0; length < bytes.Length; length++)
        {
            var said = DecodedText.Say(bytes[..length]);
            Assert.Equal(Said[..said.Count], said);
        }
    }

    [Theory]
    [InlineData("table public.t: UPDATE: id[integer]:1 s[text]:'cut o\n")]
    [InlineData("table public.t UPDATE: id[integer]:1\n")]
    [InlineData("table public.t: UPDATE: id:1\n")]
    [InlineData("COMMIT 5 (at noon)\n")]
    [InlineData("{\"change\": []}\n")]
    public void AfterDamageReadingGoesOnWithTheNextTransaction(string broken)
    {
        var said = DecodedText.Say($"BEGIN 4\n{broken}BEGIN 5\ntable public.t: INSERT: s[text]:'x y'\nCOMMIT 5 (at 2026-05-01 12:34:56+00)\nBEGIN 6\nCOMMIT 6 (at 2026-05-01 12:34:57+00)\n");
        Assert.Equal("begin 4", said[0]);
        Assert.Equal("damaged", said[1]);
        Assert.Equal(["begin 6", "commit 6 1777638897000000"], said[^2..]);
    }

    [Fact]
    public void LongValuesAreNotKept()
    {
        var said = DecodedText.Say($"table public.t: INSERT: s[text]:'{new string('a', 5000)}''{new string('b', 100_000)}' n[integer]:1\n");
        Assert.Equal(["Insert public.t is s=? n=<1>"], said);
    }

    // Rows of made-up names and values, written as the plugin's source does it.
    [Fact]
    public void WhateverTheValuesItIsRead()
    {
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var written = new StringBuilder($"BEGIN {i}\n");
            var expected = new List<string> { $"begin {i}" };
            for (var row = random.Next(4); row > 0; row--)
            {
                string schema = Text(random), table = Text(random);
                written.Append(CultureInfo.InvariantCulture, $"table {Quoted(schema)}.{Quoted(table)}: INSERT:");
                var said = new StringBuilder($"Insert {schema}.{table} is");
                for (var column = random.Next(1, 5); column > 0; column--)
                {
                    var (name, value) = (Text(random), Text(random));
                    var type = random.Next(3) == 0 ? Quoted(Text(random).Replace("\"", "", StringComparison.Ordinal)) + "[]" : "text";
                    written.Append(CultureInfo.InvariantCulture, $" {Quoted(name)}[{type}]:'{value.Replace("'", "''", StringComparison.Ordinal)}'");
                    said.Append(CultureInfo.InvariantCulture, $" {name}=<{value}>");
                }

                written.Append('\n');
                expected.Add(said.ToString());
            }

            written.Append(CultureInfo.InvariantCulture, $"COMMIT {i} (at 2026-05-01 12:34:56+00)\n");
            expected.Add($"commit {i} 1777638896000000");
            Assert.Equal(expected, DecodedText.Say(written.ToString()));
        }
    }

    [Fact]
    public void NothingBreaksIt()
    {
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(DecodedSamples.Postgres18);
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)" \n'\":[](.,BCt0"[random.Next(14)];
            }

            Assert.InRange(DecodedText.Say(bytes).Count, 0, 40);
        }
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "ab'\"\n ]:[,.(é\\"[random.Next(14)]));

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
