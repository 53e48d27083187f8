using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Fuzz.PostgreSql;

/// <summary>
/// A random session of the extended and simple protocol with the answers that a server would give: errors skip to the Sync, COPY waits for data, portals
/// are suspended. Each step is what the client sends at once and what the server answers to it.
/// </summary>
internal sealed class ModelSession(Random random)
{
    private bool _skipping;

    public int Queries { get; private set; }

    public int Executes { get; private set; }

    public int Skipped { get; private set; }

    public int Errors { get; private set; }

    public List<(byte[] Client, byte[] Server)> Steps { get; } = [];

    public void Add(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            switch (random.Next(6))
            {
                case 0:
                    AddQuery();
                    break;
                case 1:
                    AddCopy();
                    break;
                default:
                    AddBatch();
                    break;
            }
        }
    }

    private void AddQuery()
    {
        Queries++;
        var server = new List<byte[]>();
        var isError = random.Next(8) == 0;
        for (var i = random.Next(3); i > 0; i--)
        {
            server.AddRange([Columns(("a", 25)), .. Rows(), Complete("SELECT 1")]);
        }

        Errors += isError ? 1 : 0;
        server.Add(isError ? Error("42601", "no") : Complete("UPDATE 1"));
        Steps.Add((Query($"select {random.Next()}"), Join([.. server, Ready(isError ? 'E' : 'T')])));
    }

    private void AddCopy()
    {
        Queries++;
        Steps.Add((Query("copy t from stdin"), CopyIn));
        var data = Enumerable.Range(0, random.Next(5)).Select(_ => CopyData(Text())).ToArray();
        Steps.Add((Join([.. data, CopyDone]), Join(Complete("COPY 3"), Ready())));
    }

    private void AddBatch()
    {
        var client = new List<byte[]>();
        var server = new List<byte[]>();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            AddUse(client, server);
        }

        client.Add(Sync);
        server.Add(Ready());
        _skipping = false;
        Steps.Add((Join([.. client]), Join([.. server])));
    }

    /// <summary>Some messages that a client sends together; each is answered, fails, or is skipped.</summary>
    private void AddUse(List<byte[]> client, List<byte[]> server)
    {
        var name = random.Next(3) == 0 ? "" : $"s{random.Next(4)}";
        var portal = random.Next(4) == 0 ? "p" : "";
        if (random.Next(2) == 0)
        {
            Say(client, server, Parse(name, $"select {random.Next()}"), [ParseComplete]);
        }

        if (random.Next(4) == 0)
        {
            Say(client, server, DescribeStatement(name), [ParameterTypes(23), random.Next(2) == 0 ? NoData : Columns(("a", 25))]);
        }

        if (random.Next(6) == 0)
        {
            Say(client, server, CloseStatement($"s{random.Next(4)}"), [CloseComplete]);
        }

        if (random.Next(8) == 0)
        {
            return;
        }

        Say(client, server, Bind(portal, name, [Text(), null]), [BindComplete]);
        if (random.Next(2) == 0)
        {
            Say(client, server, DescribePortal(portal), [Columns(("a", 25))]);
        }

        for (var i = random.Next(1, 3); i > 0; i--)
        {
            Executes++;
            Skipped += _skipping ? 1 : 0;
            Say(client, server, Execute(portal, 5), [.. Rows(), random.Next(3) == 0 ? Suspended : Complete("SELECT 2")]);
        }

        if (random.Next(8) == 0)
        {
            client.Add(Flush);
        }
    }

    private void Say(List<byte[]> client, List<byte[]> server, byte[] message, byte[][] answer)
    {
        client.Add(message);
        if (_skipping)
        {
            return;
        }

        if (random.Next(25) == 0)
        {
            Errors++;
            _skipping = true;
            server.Add(Error("22012", "division by zero"));
        }
        else
        {
            server.AddRange(answer);
        }
    }

    private byte[][] Rows()
    {
        var rows = new List<byte[]>();
        for (var i = random.Next(4); i > 0; i--)
        {
            rows.Add(random.Next(5) == 0 ? Notice("n") : Row(Text()));
        }

        return [.. rows];
    }

    private string Text() => new('x', random.Next(20) == 0 ? random.Next(5_000) : random.Next(30));
}
