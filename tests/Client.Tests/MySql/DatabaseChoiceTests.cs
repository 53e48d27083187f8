using System.Text;
using Replay.Client.MySql;
using Replay.Protocol.Buffers;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Client.Tests.MySql;

public sealed class DatabaseChoiceTests
{
    private static readonly TargetNames Names = new() { Databases = new Dictionary<string, string> { ["shop"] = "shop_new", ["a b"] = "a`b" } };

    [Theory]
    [InlineData("USE shop", "USE `shop_new`")]
    [InlineData("use `shop`", "USE `shop_new`")]
    [InlineData("\n  Use\tshop ;", "USE `shop_new`")]
    [InlineData("USE `a b`", "USE `a``b`")]
    [InlineData("USE other", null)]
    [InlineData("USE shop_new", null)]
    [InlineData("USE shops", null)]
    [InlineData("USE", null)]
    [InlineData("USEshop", null)]
    [InlineData("UPDATE shop.items SET a = 1", null)]
    [InlineData("USE shop; SELECT 1", null)]
    [InlineData("", null)]
    public void OnlyAUseOfAMappedDatabaseIsWrittenAnew(string text, string? expected)
    {
        Assert.Equal(expected is null ? [] : MySqlWire.Query(expected), Encode(Command.MySqlQuery, MySqlWire.Query(text)));
        Assert.Equal(expected is null ? [] : MySqlWire.Command(3, [0, 1, .. Encoding.UTF8.GetBytes(expected)]), Encode(Command.MySqlQuery, MySqlWire.Query(text), takesAttributes: true));
    }

    [Fact]
    public void AttributesBeforeTheTextAreNotTheText() => Assert.Equal(
        MySqlWire.Query("USE `shop_new`"),
        Encode(Command.MySqlQuery, MySqlWire.Command(3, [0, 1, .. "USE shop"u8]), hasAttributes: true));

    [Theory]
    [InlineData("shop", "shop_new")]
    [InlineData("other", null)]
    [InlineData("", null)]
    public void ComInitDbIsMapped(string captured, string? expected) => Assert.Equal(
        expected is null ? [] : MySqlWire.Command(2, Encoding.UTF8.GetBytes(expected)),
        Encode(Command.MySqlInitDb, MySqlWire.Command(2, Encoding.UTF8.GetBytes(captured))));

    [Fact]
    public void WithoutNamesThereIsNothingToDo() => Assert.Null(DatabaseChoice.For(TargetNames.AsCaptured));

    private static byte[] Encode(Command command, byte[] bytes, bool? hasAttributes = false, bool takesAttributes = false)
    {
        var encoded = new ByteStore();
        DatabaseChoice.For(Names)!.Encode(new RecordedRequest { Command = command, Bytes = bytes }, hasAttributes, takesAttributes, encoded);
        return encoded.Written.ToArray();
    }
}
