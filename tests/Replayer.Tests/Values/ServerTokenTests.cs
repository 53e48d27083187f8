using System.Text;

namespace Replay.Replayer.Tests.Values;

public sealed class ServerTokenTests
{
    [Theory]
    [InlineData("338230a4-e5a5-11f1-8162-02fc00000001", TokenForm.Uuid)]
    [InlineData("338230A4-E5A5-11F1-8162-02FC00000001", TokenForm.Uuid)]
    [InlineData("00000000-0000-0000-0000-000000000000", TokenForm.None)]
    [InlineData("d41d8cd98f00b204e9800998ecf8427e", TokenForm.Hex)]
    [InlineData("9a8b7c6d5e4f3a2b", TokenForm.Text)]
    [InlineData("sk_live_4eC39HqLyjWDarjtT1zdp7dc", TokenForm.Text)]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", TokenForm.Text)]
    [InlineData("payment_failed_for_order_2024", TokenForm.None)]
    [InlineData("customer_account_name", TokenForm.None)]
    [InlineData("20261121093000123456", TokenForm.None)]
    [InlineData("2026-11-21 09:30:00.123456", TokenForm.None)]
    [InlineData("9a8b7c6d5e4f", TokenForm.None)]
    [InlineData("it was 9a8b7c6d5e4f3a2b", TokenForm.None)]
    public void OnlyWhatChanceMade(string value, TokenForm expected) => Assert.Equal(expected, ServerToken.Read(Encoding.UTF8.GetBytes(value), out _));

    [Fact]
    public void AUuidIsKnownInEverySpelling()
    {
        var bytes = Convert.FromHexString("338230A4E5A511F1816202FC00000001");
        ServerToken.Read("338230a4-e5a5-11f1-8162-02fc00000001"u8, out var text);
        ServerToken.Read("338230A4E5A511F1816202FC00000001"u8, out var hex);
        Assert.Equal(TokenForm.Raw, ServerToken.Read(bytes, out var raw));
        Assert.Equal(text, hex);
        Assert.Equal(text, raw);
        Assert.Equal("338230A4-E5A5-11F1-8162-02FC00000001"u8, ServerToken.Spell(bytes, TokenForm.Uuid, "FF"u8));
        Assert.Equal("338230a4e5a511f1816202fc00000001"u8, ServerToken.Spell(bytes, TokenForm.Hex, "00"u8));
    }
}
