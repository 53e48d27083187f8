using BenchmarkDotNet.Attributes;
using Replay.Sql;

namespace Replay.Benchmarks.Code;

/// <summary>A statement's text to its fingerprint.</summary>
[MemoryDiagnoser]
public class ShapeBenchmarks
{
    private static readonly byte[] Point = "SELECT abalance FROM pgbench_accounts WHERE aid = 4711"u8.ToArray();

    private static readonly byte[] Report = """
        SELECT c.name, sum(i.quantity * i.price) AS revenue -- by category
        FROM order_items i JOIN products p USING (product_id) JOIN categories c USING (category_id)
        WHERE i.order_id <= 25000 AND p.name LIKE 'product%' AND c.category_id IN (1, 2, 3, 4, 5, 6, 7, 8)
        GROUP BY c.name ORDER BY revenue DESC LIMIT 10
        """u8.ToArray();

    private readonly ShapeReader _reader = new(SqlDialect.PostgreSql);

    [Benchmark]
    public int PointSelect() => _reader.Read(Point).Text.Length;

    [Benchmark]
    public int ReportQuery() => _reader.Read(Report).Text.Length;
}
