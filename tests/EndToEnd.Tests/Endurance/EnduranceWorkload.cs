using System.Net;
using System.Text;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Endurance;

/// <summary>A workload made of one statement, as many times and in as many sessions as wanted, all of them open from the beginning to the end.</summary>
internal static class EnduranceWorkload
{
    private const long Base = 1_700_000_000_000_000;
    private const long ShortMicroseconds = 50;

    /// <summary>Writes it: exchange n is due n / <paramref name="perSecond"/> seconds after the start, of the sessions in turn.</summary>
    public static void Write(string folder, Engine engine, string user, string database, string sql, int sessions, long exchanges, double perSecond)
    {
        var manifest = new WorkloadManifest { CreatedAt = DateTimeOffset.UnixEpoch, Servers = [new CapturedServer(engine, "10.0.0.1:1", "")] };
        using var writer = WorkloadWriter.Create(folder, manifest, new WorkloadWriterOptions());
        long At(long exchange) => Base + (long)(exchange / perSecond * 1e6);
        for (var i = 1; i <= sessions; i++)
        {
            writer.WriteSession(new Session
            {
                Number = i,
                Engine = engine,
                Client = new IPEndPoint(IPAddress.Loopback, 1 + i),
                Server = new IPEndPoint(IPAddress.Loopback, 1),
                User = user,
                Database = database,
                OpenedAtMicroseconds = At(i - 1),
                ClosedAtMicroseconds = At(exchanges) + 1_000_000,
                FromStart = true,
            });
        }

        var shape = writer.AddShape(engine, 1, 1, Encoding.UTF8.GetBytes(sql), "read");
        var text = Encoding.UTF8.GetBytes(sql);
        var request = engine == Engine.MySql ? MySqlQuery(text) : PostgresQuery(text);
        for (var i = 0L; i < exchanges; i++)
        {
            var exchange = Exchange.Empty;
            exchange.Session = (int)(i % sessions) + 1;
            exchange.Ordinal = (int)(i / sessions);
            exchange.Command = engine == Engine.MySql ? Command.MySqlQuery : Command.Query;
            exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed;
            exchange.TransactionState = TransactionState.Idle;
            exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = At(i);
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = At(i) + ShortMicroseconds;
            exchange.Shape = shape;
            exchange.Text = text;
            exchange.Request = request;
            exchange.TextOffset = 5; // behind the message's header, in either protocol
            writer.WriteExchange(in exchange);
        }

        writer.Complete(manifest);
    }

    // Length of three bytes, sequence number, COM_QUERY.
    private static byte[] MySqlQuery(byte[] text) => [(byte)(text.Length + 1), (byte)((text.Length + 1) >> 8), 0, 0, 3, .. text];

    private static byte[] PostgresQuery(byte[] text) => [(byte)'Q', 0, 0, (byte)((text.Length + 5) >> 8), (byte)(text.Length + 5), .. text, 0];
}
