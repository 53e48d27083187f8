using Replay.Workload;

namespace Replay.Comparator.Tests;

public sealed class ErrorTests
{
    [Fact]
    public void AnErrorThatOnlyTheCandidateHasIsNewAndHasAnExample()
    {
        var comparison = Compare(new SyntheticShape("select f(?)", 100, 900) { Error = (label, n) => label[0] == 'B' && n % 10 == 3 ? "42883" : null });
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        var error = Assert.Single(comparison.Errors, error => error.Kind == ErrorKind.New);
        Assert.Equal("42883", error.Code);
        Assert.Equal([0, 0, 10, 10], error.PerRun);
        Assert.Equal("message of 42883", error.Example!.Message);
        Assert.Equal(1, error.Example.Session);
        var shape = comparison.Shapes[0];
        Assert.Equal(["42883"], shape.NewErrors);
        Assert.Equal((0L, 10L), (shape.BaselineErrors, shape.CandidateErrors));
    }

    [Fact]
    public void ProductionsOwnErrorsAreNoNews()
    {
        // Another code of the same class: 23505 and 23503 are both integrity constraint violations.
        var comparison = Compare(new SyntheticShape("insert into t values (?)", 100, 900) { ProductionError = "23505", Error = (label, _) => label[0] == 'B' ? "23503" : "23505" });
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.All(comparison.Errors, error => Assert.Equal(ErrorKind.Known, error.Kind));
    }

    [Fact]
    public void ErrorsOfBothServersAreKnown()
    {
        var comparison = Compare(new SyntheticShape("select g(?)", 100, 900) { Error = (_, n) => n % 2 == 0 ? "42883" : null });
        Assert.Equal(ErrorKind.Known, Assert.Single(comparison.Errors).Kind);
    }

    [Fact]
    public void AnErrorThatOnlyTheBaselineHasIsGone()
    {
        var comparison = Compare(new SyntheticShape("select g(?)", 100, 900) { Error = (label, n) => label[0] == 'A' && n == 4 ? "XX000" : null });
        Assert.Equal(ErrorKind.Gone, Assert.Single(comparison.Errors).Kind);
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
    }

    [Fact]
    public void DeadlocksComeByChance()
    {
        var comparison = Compare(new SyntheticShape("update t set n = n + ?", 100, 900) { Error = (label, n) => (label == "A1" && n == 4) || (label == "B2" && n is 9 or 40) ? "40P01" : null });
        Assert.DoesNotContain(comparison.Errors, error => error.Kind == ErrorKind.New);
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
    }

    [Fact]
    public void ManyDeadlocksInEachCandidateRunAreNew()
    {
        var comparison = Compare(new SyntheticShape("update t set n = n + ?", 100, 900) { Error = (label, n) => label[0] == 'B' && n % 5 == 0 ? "40P01" : null });
        Assert.Equal(ErrorKind.New, Assert.Single(comparison.Errors).Kind);
    }

    [Fact]
    public void WhatFollowsFromAnErrorIsAConsequence()
    {
        var comparison = Compare(
            new SyntheticShape("select f(?)", 100, 900) { Error = (label, n) => label[0] == 'B' && n == 3 ? "42883" : null },
            new SyntheticShape("select h(?)", 100, 900) { Error = (label, n) => label[0] == 'B' && n == 3 ? "25P02" : null },
            new SyntheticShape("select i(?)", 100, 900)
            {
                Change = (label, n, outcome) => label[0] == 'B' && n == 4 ? outcome with { Flags = outcome.Flags | RunFlags.Tainted } : outcome,
                Error = (label, n) => label[0] == 'B' && n == 4 ? "23503" : null,
            });
        Assert.Equal("42883", Assert.Single(comparison.Errors, error => error.Kind == ErrorKind.New).Code);
        Assert.Equal(2, comparison.Errors.Count(error => error.Kind == ErrorKind.Consequence));
    }

    [Fact]
    public void NoAnswerWhereTheBaselineAnsweredIsNew()
    {
        var comparison = Compare(new SyntheticShape("select slow(?)", 100, 900)
        {
            Change = (label, n, outcome) => label[0] == 'B' && n == 7 ? new RunOutcome { Status = RunStatus.Failed, Reason = RunReason.TimedOut, LatencyMicroseconds = float.NaN } : outcome,
        });
        Assert.Equal("timed_out", Assert.Single(comparison.Errors, error => error.Kind == ErrorKind.New).Code);
    }

    [Fact]
    public void AnErrorLeadsToItsRoot()
    {
        // Positions are known: all shapes take turns, so execution 3 of shape i (of 22, all with 300 executions) is at 22 * 3 + i.
        const string Causes = """
            {"roots":1,"consequences":2,"causes":[{"position":86,"session":1,"ordinal":86,"kind":"values","shape":null,"sql":"update t set v = ?","pair":null,"consequences":2}],"links":[[90,87],[87,86]]}
            """;
        using var campaign = new SyntheticCampaign(
            [.. SyntheticCampaign.Ordinary(), new SyntheticShape("update t set v = ?", 300, 900), new SyntheticShape("select f(?)", 300, 900) { Error = (label, n) => label[0] == 'B' && n == 3 ? "22012" : null }],
            documents: label => label[0] == 'B' ? [("causes.json", Causes)] : []);
        var error = Assert.Single(campaign.Compare().Errors);
        Assert.Equal((ErrorKind.New, 87L, false, 86L), (error.Kind, error.Example!.Position, error.Cause!.IsItself, error.Cause.Position));
        Assert.Equal("follows from session 1, exchange 86, which had other values: update t set v = ?", error.Cause.Words);
    }

    [Fact]
    public void DamagedCausesAreLeftOutWithAWarning()
    {
        using var campaign = new SyntheticCampaign(
            [.. SyntheticCampaign.Ordinary(), new SyntheticShape("select f(?)", 100, 900) { Error = (label, _) => label[0] == 'B' ? "22012" : null }], documents: _ => [("causes.json", """{"links":[[1]],"causes":[]}""")]);
        var comparison = campaign.Compare();
        Assert.Null(Assert.Single(comparison.Errors).Cause);
        Assert.Equal(4, comparison.Warnings.Count(warning => warning.Contains("causes.json", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("4025", "3819")] // MariaDB's check constraint, MySQL's
    [InlineData("1265", "1366")]
    [InlineData("1216", "1452")]
    [InlineData("1139", "3692")]
    [InlineData("22P02", "22007")] // one class
    public void RenamedCodesAreKnown(string production, string candidate)
    {
        var comparison = Compare(new SyntheticShape("insert into t values (?)", 100, 900) { ProductionError = production, Error = (label, _) => label[0] == 'B' ? candidate : production });
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
    }

    [Fact]
    public void AnotherErrorThanProductionsIsNewAndSaysWhatProductionHad()
    {
        var comparison = Compare(new SyntheticShape("insert into t values (?)", 100, 900) { ProductionError = "23505", Error = (label, _) => label[0] == 'B' ? "42P10" : "23505" });
        var error = Assert.Single(comparison.Errors, error => error.Kind == ErrorKind.New);
        Assert.Equal(("42P10", "23505"), (error.Code, error.Example!.ProductionCode));
    }

    [Theory]
    [InlineData("read", 1)]
    [InlineData("write", 1)]
    [InlineData("call", 0)] // is not executed by itself
    [InlineData("ddl", 0)]
    public void ACommandIsGivenForWhatCanBeExecutedByItself(string @class, int commands)
    {
        var comparison = Compare(new SyntheticShape("it fails", 100, 900) { Class = @class, Error = (label, _) => label[0] == 'B' ? "42883" : null });
        Assert.Equal(commands, comparison.Shapes.Single(shape => shape.Sql == "it fails").Reproductions.Count);
    }

    [Theory]
    [InlineData("22P02", "invalid input syntax for type integer: \"secret\"", "invalid input syntax for type integer: \"?\"")]
    [InlineData("22000", "no tariff for 19.457", "no tariff for ?")]
    [InlineData("22001", "value too long for type character varying(10)", "value too long for type character varying(10)")]
    [InlineData("22003", "numeric field overflow", "numeric field overflow")]
    [InlineData("22023", "order #4711 of 'O''Hara' is from -3.5 to 2,000", "order #? of ?? is from ? to ?")]
    [InlineData("23505", "duplicate key value violates unique constraint \"price_2\"", "duplicate key value violates unique constraint \"price_2\"")]
    [InlineData("23514", "customer 4711 owes 19.4", "customer ? owes ?")]
    [InlineData("42703", "column \"price\" does not exist", "column \"price\" does not exist")]
    [InlineData("1062", "Duplicate entry 'O'Hara' for key 'customers.name'", "Duplicate entry '?' for key 'customers.name'")]
    [InlineData("1292", "Truncated incorrect DOUBLE value: 'secret'", "Truncated incorrect DOUBLE value: '?'")]
    [InlineData("1146", "Table 'shop.t' doesn't exist", "Table 'shop.t' doesn't exist")]
    [InlineData("1062", "Duplicate entry 'a', b' for key 'customers.name'", "Duplicate entry '?' for key 'customers.name'")]
    [InlineData("1366", "Incorrect integer value: 'it's, secret' for column 'n' at row 1", "Incorrect integer value: '?' for column 'n' at row 1")]
    [InlineData("1690", "BIGINT UNSIGNED value is out of range in '(`t`.`a` - 4711)'", "BIGINT UNSIGNED value is out of range in '?'")]
    [InlineData("1064", "You have an error in your SQL syntax; check the manual for the right syntax to use near 'rank FROM t WHERE name = 'secret'' at line 1", "You have an error in your SQL syntax; check the manual for the right syntax to use near 'rank ...' at line 1")]
    [InlineData("1064", "syntax to use near ''secret'' at line 1", "syntax to use near ' ...' at line 1")]
    [InlineData("42601", "syntax error at or near \"'secret'\"", "syntax error at or near \"?\"")]
    [InlineData("42601", "syntax error at or near \"end\"", "syntax error at or near \"end\"")]
    [InlineData("42601", "syntax error at or near \"t1\"", "syntax error at or near \"t1\"")]
    [InlineData("42601", "syntax error at or near \"4711\"", "syntax error at or near \"?\"")]
    [InlineData("P0001", "order 4711 of 'Smith' was refused", "order ? of ? was refused")]
    [InlineData("1644", "stock of 12.5 is too low", "stock of ? is too low")]
    [InlineData("P0002", "no order 4711", "no order ?")]
    [InlineData("SH001", "order 4711 of 'Smith' was refused", "order ? of ? was refused")]
    [InlineData("30001", "stock of 12.5 is too low", "stock of ? is too low")]
    [InlineData("57014", "canceling statement due to statement timeout", "canceling statement due to statement timeout")]
    public void MessagesAreShownWithoutTheirData(string code, string message, string expected) => Assert.Equal(expected, ErrorText.WithoutValues(code, message));

    private static Comparison Compare(params SyntheticShape[] shapes)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), .. shapes]);
        return campaign.Compare();
    }
}
