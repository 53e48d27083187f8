using Replay.Client.PostgreSql;
using Replay.Protocol.Buffers;
using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Client.Tests.PostgreSql;

public class OidTests
{
    private static readonly OidMap Map = OidMap.Between(
        new Dictionary<uint, string> { [16479] = "public.mood", [16478] = "public._mood", [16500] = "public.pair", [25] = "pg_catalog.text", [16600] = "public.gone" },
        new Dictionary<uint, string> { [16386] = "public.mood", [16385] = "public._mood", [16500] = "public.pair", [25] = "pg_catalog.text" });

    [Theory]
    [InlineData(16479u, 16386u)]
    [InlineData(16478u, 16385u)]
    [InlineData(16500u, 16500u)]
    [InlineData(16600u, 16600u)]
    [InlineData(25u, 25u)]
    public void Types_are_matched_by_name(uint captured, uint expected) => Assert.Equal(expected, Map.Map(captured));

    [Fact]
    public void Parse_types_are_rewritten() =>
        Assert.Equal(Join(Parse("s", "select $1, $2", 16386, 25), Sync), Rewrite(Join(Parse("s", "select $1, $2", 16479, 25), Sync)));

    [Fact]
    public void Binary_arrays_and_composites_of_user_types_are_rewritten_and_nothing_else()
    {
        byte[] Array(int type) => Body(1, 0, type, 1, 1, 3, "sad"u8.ToArray());
        byte[] Composite(int type) => Body(2, 23, 4, 16479, type, 3, "sad"u8.ToArray());
        byte[] text = "16479"u8.ToArray();
        byte[] request(int type) => BinaryBind(Array(type), Composite(type), text, Body(16479, 16479));
        var types = Types(16478, 16500, 25, 20);
        Assert.Equal(request(16386), Rewrite(request(16479), types));
    }

    [Fact]
    public void Values_that_only_look_like_arrays_stay()
    {
        var bind = BinaryBind(Body(1, 0, 16479, 1, 1, 99, "sad"u8.ToArray()), Body(7, 16479), []);
        Assert.Equal(bind, Rewrite(bind, Types(16478, 16500, 16478)));
    }

    [Fact]
    public void A_users_function_called_by_its_oid_cannot_be_replayed()
    {
        var call = Message('F', 16999, (short)0, (short)0, (short)0);
        Assert.False(OidRewriter.TryRewrite(new RecordedRequest { Command = Command.FunctionCall, Bytes = call }, Map, new ByteStore(), out var problem));
        Assert.Contains("16999", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_requests_are_refused_and_never_throw()
    {
        var random = new Random(11);
        var whole = BinaryBind(Body(1, 0, 16479, 1, 1, 3, "sad"u8.ToArray()), Body(2, 23, 4, 5, 16479, 3, "sad"u8.ToArray()));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var store = new ByteStore();
            var request = new RecordedRequest { Command = Command.Execute, Bytes = bytes, ParameterTypes = Types(16478, 16500) };
            Assert.True(OidRewriter.TryRewrite(request, Map, store, out var problem) || problem is not null);
            Assert.Equal(bytes.Length, store.Length);
            store.Clear();
        }
    }

    private static byte[] Rewrite(byte[] request, byte[]? types = null)
    {
        var store = new ByteStore();
        Assert.True(OidRewriter.TryRewrite(new RecordedRequest { Command = Command.Execute, Bytes = request, ParameterTypes = types }, Map, store, out _));
        return store.Written.ToArray();
    }

    private static byte[] Types(params uint[] types) => [.. types.SelectMany(BitConverter.GetBytes)];

    private static byte[] Body(params object[] fields) => Message('?', fields)[5..];

    private static byte[] BinaryBind(params byte[][] values) =>
        Message('B', ["", "s", (short)1, (short)1, (short)values.Length, .. values.SelectMany(v => new object[] { v.Length, v }), (short)0]);
}
