using System.Net;
using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

public class SessionPathTests
{
    private const TransactionState Idle = TransactionState.Idle, Open = TransactionState.Open, Failed = TransactionState.Failed;

    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Schemas = ["public", "app", "t1", "t2"],
        PathSettings = [new(null, "\"$user\", public"), new("tenant", "t1, public"), new("odd", "\"unclosed")],
    };

    [Theory]
    [InlineData("app", "", "app,public")]
    [InlineData("nobody", "", "public")]
    [InlineData("tenant", "", "t1,public")]
    [InlineData("odd", "", null)]
    [InlineData("tenant", "search_path=t2", "t2")]
    [InlineData("tenant", "options=-c search_path=t2,public -c geqo=off", "t2,public")]
    [InlineData("tenant", "options=-c geqo=off --search-path=\"$user\",\\ t2", "t2")]
    [InlineData("tenant", "options=-csearch_path=pg_catalog,made_later", "made_later")]
    public void ASessionBeginsWithWhatItsLoginSays(string user, string parameter, string? expected) => Assert.Equal(expected, Describe(Path(user, parameter).Current));

    [Fact]
    public void WhatIsSetHoldsUntilItIsSetAgain()
    {
        var path = Path("app");
        Assert.Equal("t1", After(path, "SET search_path TO t1"));
        Assert.Equal("t1", After(path, "SET statement_timeout = 0"));
        Assert.Equal("t1", After(path, "SET search_path TO t2", failed: true));
        Assert.Equal("app", After(path, "SELECT set_config('search_path', '\"$user\"', false)"));
        Assert.Equal("t2", After(path, "SET ROLE t2"));
        Assert.Equal("app,public", After(path, "DISCARD ALL"));
        Assert.Equal("t1", After(path, "SET search_path TO t1; SET geqo = off"));
        Assert.Equal("app,public", After(path, "RESET search_path"));
        Assert.Equal("app,public", After(path, "SET LOCAL search_path TO t1")); // no transaction
    }

    [Fact]
    public void ATransactionTakesBackWhatItSet()
    {
        var path = Path("app");
        After(path, "BEGIN", Open);
        Assert.Equal("t1", After(path, "SET LOCAL search_path TO t1", Open));
        Assert.Equal("app,public", After(path, "COMMIT"));

        After(path, "BEGIN", Open);
        Assert.Equal("t1", After(path, "SET search_path TO t1", Open));
        Assert.Equal("app,public", After(path, "ROLLBACK"));

        After(path, "BEGIN; SET search_path TO t1", Open);
        Assert.Equal("t1", After(path, "COMMIT"));

        After(path, "BEGIN", Open);
        After(path, "SET search_path TO t2", Open);
        After(path, "SELECT 1/0", Failed, failed: true);
        Assert.Equal("t1", After(path, "COMMIT"));
    }

    [Fact]
    public void ASavepointTakesBackWhatWasSetSince()
    {
        var path = Path("app");
        After(path, "BEGIN", Open);
        After(path, "SET LOCAL search_path TO t1", Open);
        After(path, "SAVEPOINT a", Open);
        After(path, "SELECT 1/0", Failed, failed: true);
        Assert.Equal("t1", After(path, "ROLLBACK TO a", Open));
        After(path, "SET LOCAL search_path TO t2", Open);
        Assert.Null(After(path, "ROLLBACK TO a", Open)); // to which of several is not followed
        Assert.Equal("t2", After(path, "SET search_path TO t2", Open));
        Assert.Equal("t2", After(path, "COMMIT"));
    }

    [Fact]
    public void WhatCannotBeToldIsNotKnown()
    {
        var path = Path("app");
        Assert.Null(After(path, "SELECT set_config('search_path', name, false) FROM tenants"));
        Assert.Equal("t1", After(path, "SET search_path TO t1"));
        Assert.Null(After(path, "SELECT choose_tenant(5)", isSet: true));
        Assert.Equal("t1", After(path, "SET search_path TO t1"));
        Assert.Null(In(path, "SET search_path TO t2; SELECT * FROM t"));
        Assert.Equal("t1", In(path, "SELECT * FROM t; SELECT * FROM u"));
    }

    private static SessionPath Path(string user, string parameter = "")
    {
        var name = parameter.Split('=', 2);
        return new SessionPath(new SearchPaths(Catalog), new Session
        {
            Number = 1,
            Engine = Engine.PostgreSql,
            Client = new IPEndPoint(IPAddress.Loopback, 1),
            Server = new IPEndPoint(IPAddress.Loopback, 2),
            OpenedAtMicroseconds = 0,
            User = user,
            Parameters = parameter.Length == 0 ? new Dictionary<string, string>(StringComparer.Ordinal) : new Dictionary<string, string>(StringComparer.Ordinal) { [name[0]] = name[1] },
        });
    }

    private static string? After(SessionPath path, string sql, TransactionState state = Idle, bool failed = false, bool isSet = false)
    {
        var exchange = Make(sql, state, failed);
        path.Follow(in exchange, new AccessReader(SqlDialect.PostgreSql).Read(exchange.Text), isSet);
        return Describe(path.Current);
    }

    private static string? In(SessionPath path, string sql)
    {
        var exchange = Make(sql, Idle, failed: false);
        return Describe(path.Of(in exchange, new AccessReader(SqlDialect.PostgreSql).Read(exchange.Text), isSet: false));
    }

    private static Exchange Make(string sql, TransactionState state, bool failed)
    {
        var exchange = Exchange.Empty;
        exchange.Command = Command.Query;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        exchange.TransactionState = state;
        exchange.Batch = -1;
        exchange.ErrorCode = failed ? "22012"u8 : default;
        return exchange;
    }

    private static string? Describe(SearchPath? path) => path is null ? null : string.Join(',', path.Schemas);
}
