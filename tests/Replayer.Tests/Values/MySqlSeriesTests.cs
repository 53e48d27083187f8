using System.Text;
using Replay.Client;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

public sealed class MySqlSeriesTests
{
    private readonly List<string> _asked = [];
    private readonly List<string> _warnings = [];

    [Fact]
    public async Task WhatTheTargetRefusesIsAskedOnceAndSaid()
    {
        var series = await ReadAsync(new(3, 2), "1", "1", refuses: true);
        Assert.False(series.MaySet);
        Assert.Equal(["SELECT @@auto_increment_increment, @@auto_increment_offset", "SET auto_increment_increment=3,auto_increment_offset=2"], _asked);
        var warning = Assert.Single(_warnings);
        Assert.Contains("SESSION_VARIABLES_ADMIN", warning, StringComparison.Ordinal);
        Assert.Contains("you need more", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheTargetTakesIsNotSpokenOf()
    {
        Assert.Equal(new MySqlSeries(new(3, 2), new(1, 1)), await ReadAsync(new(3, 2), "1", "1"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task NothingIsTriedWhereTheTargetHasProductionsOwn()
    {
        Assert.Equal(new MySqlSeries(new(3, 2), new(3, 2)), await ReadAsync(new(3, 2), "3", "2"));
        Assert.Single(_asked);
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("3", 1)]
    public async Task WhatIsNotKnownOfProductionIsSaidWhereItMatters(string target, int warnings)
    {
        Assert.Null((await ReadAsync(null, target, "1")).Captured);
        Assert.Equal(warnings, _warnings.Count);
        Assert.Single(_asked);
    }

    [Theory]
    [InlineData(1, 1, 7, true)]
    [InlineData(3, 2, 8, true)]
    [InlineData(3, 3, 9, true)]
    [InlineData(3, 2, 9, false)]
    [InlineData(3, 7, 9, true)] // the server passes over such an offset for some ids
    public void AnIdThatIsNotOfTheSeriesTellsThatItHasChanged(int increment, int offset, ulong id, bool expected) =>
        Assert.Equal(expected, new MySqlSeries(new(increment, offset), new(1, 1)).Knows(id));

    private async Task<MySqlSeries> ReadAsync(AutoIncrementSeries? captured, string increment, string offset, bool refuses = false)
    {
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(MySqlWire.Basic);
            while (true)
            {
                var text = Encoding.UTF8.GetString((await session.ReadAsync()).AsSpan(5));
                _asked.Add(text);
                await session.SendAsync(text.StartsWith("SET", StringComparison.Ordinal)
                    ? [refuses ? MySqlWire.Error(1, 1227, "you need more", "42000") : MySqlWire.Ok(1)]
                    : [MySqlWire.Packet(1, [2]), MySqlWire.Column(2, "a"), MySqlWire.Column(3, "b"), MySqlWire.Eof(4), MySqlWire.TextRow(5, increment, offset), MySqlWire.Eof(6)]);
            }
        });
        await using var control = await TargetControl.OpenAsync(TargetUrl.Parse($"mysql://app:secret@127.0.0.1:{server.Port}/?sslmode=disable"));
        return await MySqlSeries.ReadAsync(control, captured, _warnings.Add);
    }
}
