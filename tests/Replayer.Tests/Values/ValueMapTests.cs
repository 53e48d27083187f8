using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

/// <summary>What the server made in the capture is known again in requests, in every form in which they can hold it.</summary>
public sealed class ValueMapTests
{
    private const string Before = "338230a4-e5a5-11f1-8162-02fc00000001";
    private const string After = "9f8b0c1d-77aa-4b2e-9c3d-5e6f70819203";
    private const string Token = "sk_4eC39HqLyjWDarjtT1zdp7dc";
    private const string LongerToken = "sk_9bX27KtPzmQErbkuU2yeq8fd4eC39HqLyjWD";

    private readonly ValueCounts _counts = new();
    private readonly ValueMap _map;
    private PlannedValues _planned;

    public ValueMapTests() => _map = new ValueMap(_counts);

    [Theory]
    [InlineData($"select * from t where id = '{Before}'", $"select * from t where id = '{After}'")]
    [InlineData("select * from t where id = x'338230A4E5A511F1816202FC00000001'", "select * from t where id = x'9F8B0C1D77AA4B2E9C3D5E6F70819203'")]
    [InlineData("select * from t where id = 0x338230A4E5A511F1816202FC00000001", "select * from t where id = 0x9F8B0C1D77AA4B2E9C3D5E6F70819203")]
    [InlineData($"insert into t values ('/users/{Before}/edit', '{Before}')", $"insert into t values ('/users/{After}/edit', '{After}')")]
    [InlineData($"select '{Token}', '{Before}' -- {Token}", $"select '{LongerToken}', '{After}' -- {LongerToken}")]
    [InlineData("select '338230a4-e5a5-11f1-8162-02fc00000002'", "select '338230a4-e5a5-11f1-8162-02fc00000002'")]
    public void TextsAreRewrittenInBothProtocols(string sql, string expected)
    {
        LearnBoth();
        Assert.Equal(MySqlQuery(expected), new ValueRewriter(Engine.MySql, _map, _counts).Rewrite(Command.MySqlQuery, MySqlQuery(sql)));
        Assert.Equal(WorkloadMaker.QueryMessage(expected), new ValueRewriter(Engine.PostgreSql, _map, _counts).Rewrite(Command.Query, WorkloadMaker.QueryMessage(sql)));
    }

    [Fact]
    public void BoundParametersOfPostgresAreRewrittenInTextAndBinary()
    {
        LearnBoth();
        byte[] before = [.. Parse($"select '{Token}'"), .. Bind(Ascii(Before), Convert.FromHexString(Before.Replace("-", "")), Ascii(Token), null, Ascii($"[\"{Token}\"]"), "1"u8.ToArray()), .. "S\0\0\0\u0004"u8];
        byte[] after = [.. Parse($"select '{LongerToken}'"), .. Bind(Ascii(After), Convert.FromHexString(After.Replace("-", "")), Ascii(LongerToken), null, Ascii($"[\"{LongerToken}\"]"), "1"u8.ToArray()), .. "S\0\0\0\u0004"u8];
        Assert.Equal(after, new ValueRewriter(Engine.PostgreSql, _map, _counts).Rewrite(Command.Execute, before));
    }

    [Fact]
    public void BoundParametersOfMySqlAreRewrittenAndTheirLengthsToo()
    {
        LearnBoth();
        // Each parameter's length is a letter, a digit or a sign to whoever looks for tokens.
        byte[] before = Execute(Ascii(Token), Ascii(Token), Ascii(Before), Convert.FromHexString(Before.Replace("-", "")), Ascii(Token));
        byte[] after = Execute(Ascii(LongerToken), Ascii(LongerToken), Ascii(After), Convert.FromHexString(After.Replace("-", "")), Ascii(LongerToken));
        Assert.Equal(after, new ValueRewriter(Engine.MySql, _map, _counts).Rewrite(Command.MySqlStatementExecute, before));
        Assert.Equal(1, _counts.Replaced);
    }

    [Fact]
    public void ALongerTokenInsideOfAParameterIsMissed()
    {
        LearnBoth();
        var before = Execute(Ascii($"key:{Token}!"));
        Assert.Equal(before, new ValueRewriter(Engine.MySql, _map, _counts).Rewrite(Command.MySqlStatementExecute, before));
        Assert.Equal([new("not_replaced", 1)], _counts.Missed);
    }

    [Fact]
    public void WhatAClientHadSentIsItsOwn()
    {
        var insert = Response([]);
        insert.Request = MySqlQuery($"insert into t values ('{Before}')");
        Assert.True(_map.Plan(in insert, ref _planned).IsEmpty);
        var select = Response([[Before, "x"]]);
        Assert.True(_map.Plan(in select, ref _planned).IsEmpty);
    }

    [Theory]
    [InlineData(2, 1_500, $"update t set n = 1 where id = '{Before}' or token = '{Token}'", true)]
    [InlineData(2, 1_500, "update t set n = 1 where id = 0x338230A4E5A511F1816202FC00000001", true)]
    [InlineData(2, 1_499, $"update t set n = 1 where id = '{Before}'", false)] // it cannot have had it from there
    [InlineData(1, 1_500, $"update t set n = 1 where id = '{Before}'", false)] // its session waits anyway
    [InlineData(2, 1_500, $"update t set n = 1 where id = '{After}'", false)]
    public void WhoNamesAValueWaitsForWhoseResponseShowedItFirst(int session, long requestedAt, string sql, bool waits)
    {
        var made = Response([[Before, Token]]);
        (made.Session, made.Ordinal, made.EndedAtMicroseconds) = (1, 7, 1_500);
        _map.Plan(in made, ref _planned);
        Assert.Null(_planned.Sources);
        var shown = Response([[Before]]);
        (shown.Session, shown.Ordinal, shown.EndedAtMicroseconds) = (3, 0, 1_499);
        _map.Plan(in shown, ref _planned);

        var names = Response([]);
        (names.Session, names.RequestedAtMicroseconds) = (session, requestedAt);
        names.Request = MySqlQuery(sql);
        _map.Plan(in names, ref _planned);
        Assert.Equal(waits ? [OrderDependency.OnEnd(1, 7, OrderReason.Value)] : null, _planned.Sources);
    }

    [Fact]
    public void AnotherRowsValueIsNoNewOne()
    {
        var kept = Plan([[Before], [After]]);
        Learn(kept, [[After], [Before]]);
        Assert.False(_map.HasAny);
        Assert.Equal([new("not_returned", 2)], _counts.Missed);
    }

    [Fact]
    public void MissingRowsAndOtherKindsAreMissed()
    {
        var kept = Plan([["1", Before], ["2", Token], ["3", "7c1fe2a0-1111-4222-8333-944455556666"]]);
        Learn(kept, [["1", null], ["2", After]]);
        Assert.False(_map.HasAny);
        Assert.Equal([new("not_returned", 3)], _counts.Missed);
    }

    [Fact]
    public void EqualValuesNeedNothing()
    {
        var kept = Plan([[Before, Token]]);
        Learn(kept, [[Before, Token]]);
        Assert.False(_map.HasAny);
        Assert.Empty(_counts.Missed);
    }

    [Fact]
    public void MemoryIsBoundedAndWhatIsUsedStays()
    {
        LearnBoth();
        Span<byte> raw = stackalloc byte[16];
        for (var i = 0; i < ValueMap.MaxValues; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(raw, 0x9E37_79B9_7F4A_7C15UL * (ulong)(i + 1));
            raw[15] = 0xFE; // never valid UTF-8
            raw[8] = 0xC1;
            var kept = new ArrayBufferWriter<byte>();
            RowValues.BeginRow(kept, 1);
            RowValues.AppendValue(kept, raw);
            raw[9] = 0xC0;
            var values = new ArrayBufferWriter<byte>();
            RowValues.BeginRow(values, 1);
            RowValues.AppendValue(values, raw);
            raw[9] = 0;
            var exchange = Exchange.Empty;
            exchange.Values = values.WrittenSpan;
            _map.Learn(kept.WrittenSpan, in exchange);
            if (i % 50_000 == 0)
            {
                Assert.Equal(MySqlQuery($"select '{After}'"), new ValueRewriter(Engine.MySql, _map, _counts).Rewrite(Command.MySqlQuery, MySqlQuery($"select '{Before}'")));
            }
        }

        Assert.Equal(ValueMap.MaxValues + 2, _counts.Mapped);
        Assert.InRange(_map.Count, 1, ValueMap.MaxValues);
        var forgotten = MySqlQuery($"select '{Token}'");
        Assert.Equal(forgotten, new ValueRewriter(Engine.MySql, _map, _counts).Rewrite(Command.MySqlQuery, forgotten));
    }

    private void LearnBoth()
    {
        var kept = Plan([["1", Before, Token]]);
        Learn(kept, [["1", After, LongerToken]]);
        Assert.Equal(2, _counts.Mapped);
    }

    private byte[] Plan(string?[][] rows)
    {
        var exchange = Response(rows);
        return _map.Plan(in exchange, ref _planned).ToArray();
    }

    private void Learn(byte[] kept, string?[][] rows)
    {
        var exchange = Response(rows);
        _map.Learn(kept, in exchange);
    }

    private static Exchange Response(string?[][] rows)
    {
        var values = new ArrayBufferWriter<byte>();
        foreach (var row in rows)
        {
            RowValues.BeginRow(values, row.Length);
            foreach (var value in row)
            {
                if (value is null)
                {
                    RowValues.AppendNull(values);
                }
                else
                {
                    RowValues.AppendValue(values, Ascii(value));
                }
            }
        }

        var exchange = Exchange.Empty;
        exchange.Command = Command.MySqlQuery;
        exchange.Values = values.WrittenSpan;
        return exchange;
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] MySqlQuery(string sql) => Packet([3, .. Ascii(sql)]);

    private static byte[] Execute(params byte[][] values) => Packet([23, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, .. values.SelectMany(v => (byte[])[(byte)v.Length, .. v])]);

    private static byte[] Packet(byte[] payload) => [(byte)payload.Length, (byte)(payload.Length >> 8), (byte)(payload.Length >> 16), 0, .. payload];

    private static byte[] Parse(string sql) => Message('P', [0, .. Ascii(sql), 0, 0, 0]);

    private static byte[] Bind(params byte[]?[] values) =>
        Message('B', [0, 0, 0, 1, 0, 1, 0, (byte)values.Length, .. values.SelectMany(v => v is null ? [255, 255, 255, 255] : (byte[])[0, 0, 0, (byte)v.Length, .. v]), 0, 0]);

    private static byte[] Message(char kind, byte[] payload) => [(byte)kind, 0, 0, (byte)((payload.Length + 4) >> 8), (byte)(payload.Length + 4), .. payload];
}
