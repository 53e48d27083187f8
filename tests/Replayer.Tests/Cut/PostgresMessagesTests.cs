namespace Replay.Replayer.Tests;

public sealed class PostgresMessagesTests
{
    private static readonly byte[] Named = WorkloadMaker.ParseMessage("s1", "select 1");
    private static readonly byte[] Unnamed = WorkloadMaker.ParseMessage("", "select 2");
    private static readonly byte[] Execute = [(byte)'E', 0, 0, 0, 9, 0, 0, 0, 0, 0];
    private static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];

    [Fact]
    public void NamedParsesAreTakenOutWithASync() =>
        Assert.Equal([.. Named, .. Sync], PostgresMessages.NamedParses([.. Unnamed, .. Named, .. Execute, .. Sync]));

    [Fact]
    public void UnnamedParsesAreNone() => Assert.False(PostgresMessages.HasNamedParse([.. Unnamed, .. Execute, .. Sync]));

    [Fact]
    public void EveryCutOffRequestIsReadAsFarAsItGoes()
    {
        byte[] request = [.. Named, .. Execute, .. Sync];
        for (var length = 0; length < request.Length; length++)
        {
            Assert.Equal(length >= Named.Length, PostgresMessages.HasNamedParse(request.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnyBytesAreRead(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            Assert.EndsWith("S\0\0\0\u0004", System.Text.Encoding.Latin1.GetString(PostgresMessages.NamedParses(bytes)), StringComparison.Ordinal);
        }
    }
}
