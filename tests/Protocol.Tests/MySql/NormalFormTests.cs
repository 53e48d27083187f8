using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

/// <summary>Values of types that can be written in several ways have hashes in normal form beside those of the wire.</summary>
public sealed class NormalFormTests
{
    private const byte Long = 3, LongLong = 8, Double = 5, DateTime = 12, Decimal = 246;
    private const ushort ZeroFill = 64;

    [Theory]
    [InlineData(Decimal, 0, "1.5", "1.50", "1.05")]
    [InlineData(Double, 0, "1e20", "100000000000000000000", "1e21")]
    [InlineData(DateTime, 0, "2026-01-01 10:00:00.5", "2026-01-01 10:00:00.500000", "2026-01-01 10:00:00.05")]
    [InlineData(Long, ZeroFill, "7", "007", "70")]
    public void TextValuesOfAnotherFormHaveEqualNormalHashes(byte type, ushort flags, string value, string sameValue, string otherValue)
    {
        var script = MySqlScript.LoggedIn(MySqlWire.Basic | MySqlWire.DeprecateEof);
        foreach (var one in new[] { value, sameValue, otherValue })
        {
            script.Client(MySqlWire.Query("select v"))
                .Server(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "v", type, flags, 63, 6), MySqlWire.TextRow(3, one), MySqlWire.TextRow(4, [null]), MySqlWire.Ok(5, header: 0xFE));
        }

        AssertForms(script.PlayAllWays().Exchanges);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BinaryIntegersAreEqualWhateverTheirWidth(bool hasMetadata)
    {
        const uint CacheMetadata = 1 << 4;
        byte[] Head(byte type) => hasMetadata ? [.. MySqlWire.Packet(1, [1, 1]), .. MySqlWire.Column(2, "v", type, collation: 63)] : MySqlWire.Packet(1, [1, 0]);
        var sequence = hasMetadata ? 3 : 2;
        var script = MySqlScript.LoggedIn(MySqlWire.Basic | MySqlWire.DeprecateEof, CacheMetadata);
        uint id = 0;
        foreach (var (type, value, width) in new[] { (Long, 7UL, 4), (LongLong, 7UL, 8), (LongLong, 8UL, 8) })
        {
            script.Client(MySqlWire.Prepare("select v")).Server(MySqlWire.PrepareOk(++id, 1, 0), MySqlWire.Column(2, "v", type, collation: 63))
                .Client(MySqlWire.Execute(id, null)).Server(Head(type), MySqlWire.BinaryRow(sequence, MySqlWire.Little(value, width)), MySqlWire.Ok(sequence + 1, header: 0xFE));
        }

        AssertForms([.. script.PlayAllWays().Exchanges.Where(e => e.Rows == 1)]);
    }

    private static void AssertForms(IReadOnlyList<RecordedExchange> exchanges)
    {
        Assert.Equal(3, exchanges.Count);
        Assert.All(exchanges, e => Assert.True(e.Flags.HasFlag(ExchangeFlags.Hashed | ExchangeFlags.NormalHashed)));
        Assert.Equal(exchanges[0].NormalSetHash, exchanges[1].NormalSetHash);
        Assert.NotEqual(exchanges[0].SetHash, exchanges[1].SetHash);
        Assert.NotEqual(exchanges[0].NormalSetHash, exchanges[2].NormalSetHash);
        Assert.Contains(exchanges, e => e.Flags.HasFlag(ExchangeFlags.OtherForm));
    }
}
