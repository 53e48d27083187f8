using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>What is an application's own, and what is its driver's, its pool's or a monitor's.</summary>
public sealed class TrafficRoleTests
{
    [Theory]
    [InlineData(Engine.PostgreSql, "SELECT 1", TrafficRole.HealthCheck)]
    [InlineData(Engine.PostgreSql, "/* ping */ select 'keep alive' as ok", TrafficRole.HealthCheck)]
    [InlineData(Engine.MySql, "select 1 from dual", TrafficRole.HealthCheck)]
    [InlineData(Engine.PostgreSql, ";", TrafficRole.HealthCheck)]
    [InlineData(Engine.PostgreSql, "BEGIN", TrafficRole.Transaction)]
    [InlineData(Engine.MySql, "commit", TrafficRole.Transaction)]
    [InlineData(Engine.PostgreSql, "set search_path = a, b", TrafficRole.SessionState)]
    [InlineData(Engine.MySql, "SET NAMES utf8mb4", TrafficRole.SessionState)]
    [InlineData(Engine.PostgreSql, "DISCARD ALL", TrafficRole.SessionState)]
    [InlineData(Engine.PostgreSql, "select version()", TrafficRole.SetUp)]
    [InlineData(Engine.PostgreSql, "select current_schema(), session_user, pg_catalog.current_setting('is_superuser') as su", TrafficRole.SetUp)]
    [InlineData(Engine.PostgreSql, "show server_version", TrafficRole.SetUp)]
    [InlineData(Engine.PostgreSql, "SELECT t.oid, t.typname FROM pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'public'", TrafficRole.SetUp)]
    [InlineData(Engine.PostgreSql, "select count(*) from information_schema.tables where table_name = 'x'", TrafficRole.SetUp)]
    [InlineData(Engine.MySql, "select @@session.auto_increment_increment as auto_increment_increment, @@character_set_client as c", TrafficRole.SetUp)]
    [InlineData(Engine.MySql, "SHOW VARIABLES LIKE 'sql_mode'", TrafficRole.SetUp)]
    [InlineData(Engine.MySql, "show warnings", TrafficRole.SetUp)]
    [InlineData(Engine.MySql, "select database()", TrafficRole.SetUp)]
    [InlineData(Engine.PostgreSql, "select id from t where id = 1", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "select now()", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "select refresh_totals(7)", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "select t.id from t join pg_class c on c.relname = t.name", TrafficRole.Statement)]
    [InlineData(Engine.MySql, "select id from pg_orders", TrafficRole.Statement)]
    [InlineData(Engine.MySql, "select user from mysql.user", TrafficRole.SetUp)]
    [InlineData(Engine.PostgreSql, "select id from sys.orders", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "select billing.version()", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "select nextval('s')", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "explain select 1 from t", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "insert into t values (1)", TrafficRole.Statement)]
    [InlineData(Engine.PostgreSql, "call nightly()", TrafficRole.Statement)]
    public void RolesAreToldFromTheText(Engine engine, string sql, TrafficRole expected)
    {
        var shape = new ShapeReader(engine == Engine.MySql ? SqlDialect.MySql : SqlDialect.PostgreSql).Read(Encoding.UTF8.GetBytes(sql));
        Assert.Equal(expected, new TrafficRoles().Of(new Shape(0, engine, 1, 2, Encoding.UTF8.GetString(shape.Text), shape.Class.Name())));
    }

    [Fact]
    public void WhatIsNotTheApplicationsIsCountedByReasonAndHasNoVerdict()
    {
        using var campaign = new SyntheticCampaign([
            .. SyntheticCampaign.Ordinary(),
            new SyntheticShape("select ?", 300, 900) { Ratio = 3 },
            new SyntheticShape("set names ?", 300, 900) { Ratio = 3, Class = "session" },
            new SyntheticShape("select version()", 300, 900) { Change = (label, _, outcome) => label[0] == 'B' ? outcome with { SetHash = 7, SequenceHash = 8 } : outcome },
            new SyntheticShape("commit", 300, 900) { Class = "transaction", Ratio = 3 },
        ]);
        var comparison = campaign.Compare();
        foreach (var (sql, reason) in new[] { ("select ?", Eligibility.HealthCheck), ("set names ?", Eligibility.SessionState), ("select version()", Eligibility.SetUp) })
        {
            var shape = comparison.Shapes.Single(one => one.Sql == sql);
            Assert.Equal((300L, 0L, ShapeVerdictWords(reason)), (shape.ByEligibility[(int)reason], shape.Paired, ReportRows.Verdict(shape)));
            Assert.Equal(ResultKind.NotCompared, shape.Results.Kind);
            Assert.False(double.IsNaN(shape.Candidate.P50Microseconds));
        }

        Assert.Equal(Statistics.ShapeVerdict.Regressed, comparison.Shapes.Single(one => one.Sql == "commit").Decision.Verdict);
        Assert.Equal(1, comparison.Shapes.Count(one => one.IsFailure));
        Assert.Equal((4, 20), (comparison.Classes.Count(one => one.Name != "read"), comparison.Classes.Single(one => one.Name == "read").Shapes));
        Assert.Equal((300L, 0L), comparison.Classes.Where(one => one.Name == "set-up").Select(one => (one.Exchanges, one.Compared)).Single());
    }

    [Fact]
    public void AnErrorOfACatalogueQueryIsNewAllTheSame()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select adsrc from pg_attrdef", 10, 900) { Error = (label, _) => label[0] == 'B' ? "42703" : null }]);
        var comparison = campaign.Compare();
        Assert.Equal((WholeVerdict.Fail, "42703"), (comparison.Verdict, Assert.Single(comparison.Errors).Code));
    }

    private static string ShapeVerdictWords(Eligibility reason) => $"not judged: {reason.Name()}";
}
