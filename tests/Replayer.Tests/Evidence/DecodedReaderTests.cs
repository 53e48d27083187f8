using System.Globalization;
using System.Text;

namespace Replay.Replayer.Tests.Evidence;

public class DecodedReaderTests
{
    // As PostgreSQL 18 writes it.
    private const string Sample = """
        BEGIN 751
        table public.t: INSERT: id[integer]:1 n[bigint]:-5 s[text]:'it''s
        BEGIN 9' b[bit varying]:B'101' "Odd ""name"": x"[character varying]:null flag[boolean]:true tags[text[]]:'{a,"b c"}' kind[s."a]b:c"]:'x'
        COMMIT 751 (at 2026-05-01 12:34:56.123456+00)
        BEGIN 752
        table public.t: UPDATE: id[integer]:1 n[bigint]:6 s[text]:unchanged-toast-datum
        table "S 1"."T.2": UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:2 f[double precision]:NaN
        table public.t: DELETE: id[integer]:2
        table public.nokey: DELETE: (no-tuple-data)
        table public.a, public."b,c": TRUNCATE: restart_seqs cascade
        table public.d: TRUNCATE: (no-flags)
        message: transactional: 1 prefix: p, sz: 17 content:COMMIT 752
        'it's"
        COMMIT 752 (at 2026-05-01 18:04:56+05:30)
        message: transactional: 0 prefix: , sz: 0 content:
        BEGIN 753
        PREPARE TRANSACTION 'it''s
        BEGIN 1', txid 753
        COMMIT PREPARED 'it''s', txid 753 (at 2026-05-01 12:34:57+00)
        BEGIN
        COMMIT (at 2026-05-01 09:04:56.5-03:30)

        """;

    private static readonly string[] Said =
    [
        "begin 751",
        "Insert public.t is id=<1> n=<-5> s=<it's\nBEGIN 9> b=<101> Odd \"name\": x=NULL flag=<true> tags=<{a,\"b c\"}> kind=<x>",
        "commit 751 1777638896123456",
        "begin 752",
        "Update public.t is id=<1> n=<6> s=?",
        "Update S 1.T.2 was id=<1> is id=<2> f=<NaN>",
        "Delete public.t was id=<2>",
        "Delete public.nokey",
        "Truncate public.a public.b,c",
        "Truncate public.d",
        "commit 752 1777638896000000",
        "begin 753",
        "abandon",
        "begin 0",
        "commit 0 1777638896500000",
    ];

    [Fact]
    public void WhatThePluginWritesIsRead() => Assert.Equal(Said, DecodedText.Say(Sample));

    [Fact]
    public void WindowsEndsOfLinesAreRead() => Assert.Equal(["begin 5", "Insert public.t is id=<1>", "commit 5 1777638896000000"], DecodedText.Say("BEGIN 5\r\ntable public.t: INSERT: id[integer]:1\r\nCOMMIT 5 (at 2026-05-01 12:34:56+00)\r\n"));

    [Fact]
    public void WhatIsNotWholeSaysNothing()
    {
        var bytes = Encoding.UTF8.GetBytes(Sample);
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
            var bytes = Encoding.UTF8.GetBytes(Sample);
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
