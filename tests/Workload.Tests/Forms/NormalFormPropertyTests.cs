using System.Globalization;
using System.Text;

namespace Replay.Workload.Tests.Forms;

/// <summary>Over many random values: the normal form is one of its own, equal values have one however they are written, other values have another.</summary>
public sealed class NormalFormPropertyTests
{
    private const int Turns = 20_000;
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    [Fact]
    public void DoublesAreEqualToFifteenDigits()
    {
        var random = new Random(1);
        for (var turn = 0; turn < Turns; turn++)
        {
            var value = turn % 2 == 0 ? BitConverter.Int64BitsToDouble(random.NextInt64(0x7FE0_0000_0000_0000)) : Math.Round(random.NextDouble() * 1000, random.Next(5));
            value = value < 1e-300 ? 1 : random.Next(2) == 0 ? value : -value;
            var shortest = value.ToString("R", Culture);
            var expected = Hash(ValueForm.Double, shortest);
            foreach (var text in new[] { value.ToString("E16", Culture), value.ToString("G17", Culture), value.ToString("E14", Culture), value.ToString("G15", Culture), Plain(shortest) })
            {
                Assert.True(expected == Hash(ValueForm.Double, text), $"{shortest} {text}");
            }

            Assert.NotEqual(expected, Hash(ValueForm.Double, (value * (1 + 1e-13)).ToString("R", Culture)));
            Assert.NotEqual(expected, Hash(ValueForm.Double, (-value).ToString("R", Culture)));
            AssertIdempotent(shortest, 15);
        }
    }

    [Fact]
    public void SinglesAreEqualToSixDigits()
    {
        var random = new Random(2);
        for (var turn = 0; turn < Turns; turn++)
        {
            var value = BitConverter.Int32BitsToSingle(random.Next(0x0080_0000, 0x7F00_0000));
            var shortest = value.ToString("R", Culture);
            foreach (var text in new[] { value.ToString("E8", Culture), value.ToString("E5", Culture), value.ToString("G9", Culture) })
            {
                Assert.True(Hash(ValueForm.Single, shortest) == Hash(ValueForm.Single, text), $"{shortest} {text}");
            }

            Assert.NotEqual(Hash(ValueForm.Single, shortest), Hash(ValueForm.Single, (value * 1.0001f).ToString("R", Culture)));
            AssertIdempotent(shortest, 6);
        }
    }

    [Fact]
    public void DecimalsAreEqualWithoutTheirZeros()
    {
        var random = new Random(3);
        for (var turn = 0; turn < Turns; turn++)
        {
            var value = new decimal(random.Next(), random.Next(10), 0, random.Next(2) == 0, (byte)random.Next(10));
            var text = value.ToString(Culture);
            var longer = text.Contains('.', StringComparison.Ordinal) ? text + new string('0', random.Next(5)) : text + ".000";
            longer = value < 0 ? longer : new string('0', random.Next(4)) + longer;
            Assert.True(Hash(ValueForm.Exact, text) == Hash(ValueForm.Exact, longer), $"{text} {longer}");
            Assert.NotEqual(Hash(ValueForm.Exact, text), Hash(ValueForm.Exact, (value + 0.0001m).ToString(Culture)));
            var once = NumberText.Trim(Bytes(text)).ToArray();
            Assert.Equal(once, NumberText.Trim(once).ToArray());
        }
    }

    [Fact]
    public void MomentsAreEqualInAllZones()
    {
        var random = new Random(4);
        for (var turn = 0; turn < Turns; turn++)
        {
            var moment = new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMilliseconds(random.NextInt64(6_000_000_000_000));
            var text = Moment(moment, 0);
            Assert.Equal(XxHash3.Hash64(Bytes(text)), Hash(ValueForm.Moment, text));
            Assert.Equal(Hash(ValueForm.Moment, text), Hash(ValueForm.Moment, Moment(moment, random.Next(-11 * 60, 14 * 60))));
            Assert.NotEqual(Hash(ValueForm.Moment, text), Hash(ValueForm.Moment, Moment(moment.AddMilliseconds(1), random.Next(-11 * 60, 14 * 60))));
        }
    }

    [Fact]
    public void JsonIsEqualHoweverItIsWritten()
    {
        var random = new Random(5);
        for (var turn = 0; turn < 3000; turn++)
        {
            var tree = Tree(random, 3);
            var text = Write(tree, random, plain: true);
            Assert.True(Hash(ValueForm.Json, text) == Hash(ValueForm.Json, Write(tree, random, plain: false)), text);
            Assert.True(JsonHash.TryHash(Bytes(text), out _), text);
            Assert.NotEqual(Hash(ValueForm.Json, text), Hash(ValueForm.Json, $"[{text}]"));
            var other = Tree(random, 3);
            Assert.Equal(text == Write(other, random, plain: true), Hash(ValueForm.Json, text) == Hash(ValueForm.Json, Write(other, random, plain: false)));
        }
    }

    [Fact]
    public void BytesAreEqualInBothOutputs()
    {
        var random = new Random(6);
        for (var turn = 0; turn < 3000; turn++)
        {
            var value = new byte[random.Next(40)];
            random.NextBytes(value);
            var hex = @"\x" + Convert.ToHexStringLower(value);
            Assert.Equal(Hash(ValueForm.Bytes, hex), NormalForm.Hash(ValueForm.Bytes, Escape(value)));
            Assert.Equal(XxHash3.Hash64(Bytes(hex)), Hash(ValueForm.Bytes, hex));
        }
    }

    private static void AssertIdempotent(string text, int digits)
    {
        byte[] once = new byte[NumberText.MaxBytes], twice = new byte[NumberText.MaxBytes];
        var length = NumberText.Write(Bytes(text), digits, once);
        Assert.Equal(length, NumberText.Write(once.AsSpan(0, length), digits, twice));
        Assert.Equal(once, twice);
    }

    // As servers write that print without exponent up to 17 digits.
    private static string Plain(string text) => double.Parse(text, Culture) is var value && Math.Abs(value) is > 1e-4 and < 1e17 ? ((decimal)value == 0 ? text : value.ToString("0.####################", Culture)) : text;

    private static string Moment(DateTime utc, int minutes) =>
        utc.AddMinutes(minutes).ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", Culture).TrimEnd('.') + (minutes < 0 ? '-' : '+') + $"{Math.Abs(minutes) / 60:00}" + (minutes % 60 == 0 ? "" : $":{Math.Abs(minutes) % 60:00}");

    private static byte[] Escape(byte[] value) =>
        [.. value.SelectMany(one => one == '\\' ? @"\\"u8.ToArray() : one is >= 32 and < 127 ? [one] : Bytes($@"\{Convert.ToString(one, 8).PadLeft(3, '0')}"))];

    private static object? Tree(Random random, int depth) => random.Next(depth == 0 ? 4 : 6) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-1000, 1000) / 4m,
        3 => new string([.. Enumerable.Range(0, random.Next(6)).Select(_ => "ab\"\\\n/éπ€"[random.Next(9)])]),
        4 => Enumerable.Range(0, random.Next(4)).Select(_ => Tree(random, depth - 1)).ToList(),
        _ => Enumerable.Range(0, random.Next(4)).ToDictionary(i => $"k{i}\u00e9", _ => Tree(random, depth - 1)),
    };

    private static string Write(object? tree, Random random, bool plain)
    {
        var space = plain ? "" : new string(' ', random.Next(3));
        return tree switch
        {
            null => "null",
            bool yes => yes ? "true" : "false",
            decimal number => plain ? number.ToString("0.##", Culture) : number.ToString(random.Next(2) == 0 ? "0.00" : "0.0######E+0", Culture),
            string text => Text(text, random, plain),
            List<object?> list => $"[{string.Join(',', list.Select(one => space + Write(one, random, plain)))}{space}]",
            _ => $"{{{space}{string.Join(',', Shuffled((Dictionary<string, object?>)tree, random, plain).Select(one => Text(one.Key, random, plain) + space + ':' + Write(one.Value, random, plain)))}}}",
        };
    }

    private static KeyValuePair<string, object?>[] Shuffled(Dictionary<string, object?> members, Random random, bool plain)
    {
        var all = members.ToArray();
        if (!plain)
        {
            random.Shuffle(all);
        }

        return all;
    }

    private static string Text(string text, Random random, bool plain)
    {
        var written = new StringBuilder("\"");
        foreach (var one in text)
        {
            var mustEscape = one is '"' or '\\' or '\n';
            written.Append(mustEscape || (!plain && random.Next(2) == 0) ? $"\\u{(int)one:x4}" : one);
        }

        return written.Append('"').ToString();
    }

    private static ulong Hash(ValueForm form, string text) => NormalForm.Hash(form, Bytes(text));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
