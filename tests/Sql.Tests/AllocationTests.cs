namespace Replay.Sql.Tests;

public class AllocationTests
{
    [Fact]
    public void ReadingAllocatesNothingOnceWarm()
    {
        var sql = "/*k='v'*/ insert into t (a, b) values (1, 'x'), (2, now()) on conflict do nothing returning \"Id\"; select 1"u8.ToArray();
        var reader = new ShapeReader(SqlDialect.PostgreSql);
        var cache = new ShapeCache();
        var before = 0L;
        for (var i = 0; i < 200; i++)
        {
            if (i == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            var key = ShapeCache.Key(sql, SqlDialect.PostgreSql);
            cache.TryGet(key, out _);
            cache.Add(key, reader.Read(sql).Statements);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
