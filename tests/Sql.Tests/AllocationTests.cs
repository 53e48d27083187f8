using Replay.TestKit;

namespace Replay.Sql.Tests;

public class AllocationTests
{
    [Fact]
    public void ReadingAllocatesNothingOnceWarm()
    {
        var sql = "/*k='v'*/ insert into t (a, b) values (1, 'x'), (2, now()) on conflict do nothing returning \"Id\"; select 1"u8.ToArray();
        var reader = new ShapeReader(SqlDialect.PostgreSql);
        var cache = new ShapeCache();
        Assert.Equal(0, Allocations.Least(100, _ =>
        {
            var key = ShapeCache.Key(sql, SqlDialect.PostgreSql);
            cache.TryGet(key, out var _);
            cache.Add(key, reader.Read(sql).Statements);
        }));
    }
}
