using System.Globalization;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class RowExplainerTests : IDisposable
{
    private const string Catalog = """
        {"dialect":"postgreSql","searchPath":["public"],"tables":[{"schema":"public","name":"account","columns":[{"name":"id","type":"integer"},{"name":"code","type":"text"},{"name":"n","type":"integer"}],"keys":[["id"],["code"]]}]}
        """;

    private readonly TempFolder _folder = new("rows");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EachRowIsPrintedWithItsCause()
    {
        var lines = Explain("""{"table": "account", "key": {"id": "1"}}""", """{"table": "public.account", "key": {"id": "2", "code": "b"}}""", """{"table": "account", "key": {"id": "3"}}""").Split('\n');
        Assert.StartsWith("account id = 1: the wire does not tell whether 2/0 came before or after 1/0 on a row of public.account; touched last by 1/0 2/0", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("public.account id = 2, code = b: the target refused 3/0 with 40P01; touched last by 3/0", lines[1], StringComparison.Ordinal);
        Assert.Equal("account id = 3: unexplained", lines[2]);
    }

    [Fact]
    public void WhatALogToldTheRunIsNotInDoubt() =>
        Assert.StartsWith("account id = 1: unexplained; touched last by 1/0 2/0", Explain(LogTold.All, """{"table": "account", "key": {"id": "1"}}"""), StringComparison.Ordinal);

    [Fact]
    public void ARunWithoutItsPairsIsRefused() =>
        Assert.Contains("pairs.data is not there", Assert.Throws<CommandException>(() => Explain(LogTold.NobodyKnows, """{"table": "account", "key": {"id": "1"}}""")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"table": "account", "key": {"n": "1"}}""", "primary or unique key of these columns: n")]
    [InlineData("""{"table": "nowhere", "key": {"id": "1"}}""", "is called nowhere")]
    [InlineData("""{"table": "account"}""", "--rows, line 1")]
    [InlineData("account 1", "--rows, line 1")]
    public void ARowThatCannotBeFoundIsRefused(string row, string problem) =>
        Assert.Contains(problem, Assert.Throws<CommandException>(() => Explain(row)).Message, StringComparison.Ordinal);

    private enum LogTold
    {
        Nothing,
        All,
        NobodyKnows,
    }

    private string Explain(params string[] rows) => Explain(LogTold.Nothing, rows);

    // 1 and 2 write the same row and are answered 50 us apart; 3 is refused in the run.
    private string Explain(LogTold log, params string[] rows)
    {
        using var maker = new WorkloadMaker(_folder.File("w.workload"));
        for (var session = 1; session <= 3; session++)
        {
            maker.Add(WorkloadMaker.Session(session));
        }

        maker.Add(1, 0, 1000, sql: "UPDATE account SET n = 1 WHERE id = 1");
        maker.Add(2, 10, 1050, sql: "UPDATE account SET n = 2 WHERE id = 1");
        maker.Add(3, 5000, 6000, sql: "UPDATE account SET n = 3 WHERE id = 2");
        using var workload = maker.Read();
        using (var writer = RunWriter.Create(_folder.File("a.run"), new RunManifest { WorkloadId = workload.Manifest.Id, Order = "key" }, 3))
        {
            var code = writer.AddErrorCode("40P01");
            for (var position = 0; position < 3; position++)
            {
                var outcome = new RunOutcome { Status = RunStatus.Replayed, Rows = RunOutcome.NoCount, Affected = RunOutcome.NoCount, ErrorCode = position == 2 ? code : (ushort)0 };
                writer.Set(position, in outcome);
            }

            writer.WriteDocument(CatalogReader.DocumentName("shop"), Catalog);
            writer.WriteDocument("order.json", "{}");
            writer.WriteDocument("certificate.json", """{"cut": {"ambiguous": []}}""");
            writer.Complete(new RunManifest { WorkloadId = workload.Manifest.Id, Order = "key" });
        }

        if (log != LogTold.NobodyKnows)
        {
            using var pairs = PairFile.Create(_folder.File("a.run/pairs.data"));
            using var order = new OrderFileWriter(_folder.File("order.data"), new WorkloadBlocks(workload.Blocks), log == LogTold.Nothing ? pairs : null);
            OrderPass.Run(new OrderInput { Reader = workload, Engine = Engine.PostgreSql, Catalogs = new Dictionary<string, OrderCatalog>(StringComparer.Ordinal) { ["shop"] = OrderCatalog.Parse(Catalog) }, DefaultDatabase = "shop" }, order, static _ => { }, CancellationToken.None);
        }

        using var run = RunReader.Open(_folder.File("a.run"));
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var input = new StringReader(string.Join('\n', rows));
        new RowExplainer(run, workload).Print(output, RowExplainer.Read(input), asNdjson: false);
        return output.ToString();
    }
}
