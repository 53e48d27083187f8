using System.Text;

namespace Replay.Sql.Tests;

public class ShapeCacheTests
{
    [Fact]
    public void KnowsWhatWasAddedAndNothingElse()
    {
        var cache = new ShapeCache(1024);
        var key = ShapeCache.Key("select 1"u8, SqlDialect.PostgreSql);
        Assert.False(cache.TryGet(key, out _));
        cache.Add(key, 0);
        Assert.True(cache.TryGet(key, out var shape));
        Assert.Equal(0, shape);
        cache.Add(key, 5);
        Assert.True(cache.TryGet(key, out shape));
        Assert.Equal(5, shape);
        Assert.False(cache.TryGet(ShapeCache.Key("select 1"u8, SqlDialect.MySql), out _));
        Assert.False(cache.TryGet(ShapeCache.Key("select 1"u8, SqlDialect.PostgreSql, LexerOptions.BackslashEscapes), out _));
        Assert.False(cache.TryGet(ShapeCache.Key("select 1"u8, SqlDialect.PostgreSql, isTemplate: true), out _));
        Assert.False(cache.TryGet(ShapeCache.Key("select 2"u8, SqlDialect.PostgreSql), out _));
    }

    [Fact]
    public void IsBoundedAndKeepsTheNewest()
    {
        var cache = new ShapeCache(64);
        for (var i = 0; i < 100_000; i++)
        {
            var key = Key(i);
            cache.Add(key, i);
            Assert.True(cache.TryGet(key, out var shape) && shape == i);
        }

        Assert.InRange(Enumerable.Range(0, 100_000).Count(i => cache.TryGet(Key(i), out _)), 1, 64);
    }

    private static Hash128 Key(int i) => ShapeCache.Key(Encoding.ASCII.GetBytes($"select {i}"), SqlDialect.MySql);
}
