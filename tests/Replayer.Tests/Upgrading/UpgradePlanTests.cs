using System.Text.RegularExpressions;
using Replay.TestKit;

namespace Replay.Replayer.Tests;

public sealed class UpgradePlanTests
{
    private const string Minimal =
        """
        workload: shop.workload
        out: results
        baseline: { url: postgres://app@old/shop }
        candidate:
          url: postgres://app@new/shop
          after_restore:
            - faults.sql
            - echo done
        """;

    [Fact]
    public void ThePlanHasDefaults()
    {
        var plan = UpgradePlan.Parse(Minimal, "plan.yaml");
        Assert.Equal(("ABBA", "1", "target", true), (plan.Order, plan.Speed, plan.Login, plan.Restore));
        Assert.Equal(0, plan.RetryVictims);
        Assert.Equal(("sequential", "auto", false), (plan.Design, plan.Slice, plan.IsInterleaved));
        Assert.Equal((true, "5m", 2), (plan.Confirm, plan.ConfirmTime, plan.PlayAgain));
        Assert.Equal(["faults.sql", "echo done"], plan.Candidate.AfterRestore);
    }

    [Fact]
    public void WaiversAreBesideThePlanAndHaveToBeThere()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("plan.yaml"), Minimal + "\nwaivers: accepted.yaml");
        Assert.Contains("no such file", Assert.Throws<CommandException>(() => UpgradePlan.Read(folder.File("plan.yaml"))).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("accepted.yaml"), "waivers: []");
        Assert.Equal(folder.File("accepted.yaml"), UpgradePlan.Read(folder.File("plan.yaml")).Waivers);
    }

    [Theory]
    [InlineData("", 1, "-ABBA")]
    [InlineData("", 3, "1h-ABBA -AB")]
    [InlineData("speed: max", 3, "-ABBA")]
    [InlineData("peak: 30m", 3, "30m-ABBA")]
    [InlineData("from: '14:00'", 3, "-ABBA")]
    [InlineData("whole: false", 3, "-ABBA")]
    [InlineData("transactions: autocommit", 3, "-ABBA")]
    [InlineData("whole: true\npeak: 5s\norder: AABB", 0, "5s-AABB -AB")]
    [InlineData("whole: true\ndesign: interleaved", 0, "1h-ABBA -AB")]
    public void OfALongWorkloadThePeakIsReplicatedAndTheWholeIsPlayedOnceASide(string keys, int hours, string played)
    {
        var parts = UpgradePlan.Parse($"{Minimal}\n{keys}", "plan.yaml").Parts(TimeSpan.FromHours(hours));
        Assert.Equal(played, string.Join(' ', parts.Select(part => $"{part.Peak}-{part.Order}")));
        Assert.All(parts.Skip(1), part => Assert.Equal(("sequential", Path.Combine("results", "whole"), "--ignore-doubts"), (part.Design, part.Out, part.Compare[^1])));
    }

    [Fact]
    public void ReportsThatThePlanAsksForAreOfThePeak()
    {
        var parts = UpgradePlan.Parse(Minimal + "\nwhole: true\ncompare: [--junit, junit.xml, --min-ratio, '1.1', --csv, shapes.csv, --html=peak.html, '--json:peak.json']", "plan.yaml").Parts(TimeSpan.Zero);
        Assert.Equal(["--junit", "junit.xml", "--min-ratio", "1.1", "--csv", "shapes.csv", "--html=peak.html", "--json:peak.json"], parts[0].Compare);
        Assert.Equal(["--min-ratio", "1.1", "--ignore-doubts"], parts[1].Compare);
    }

    [Fact]
    public void TheWorseVerdictIsTheWholes()
    {
        Assert.Equal(ExitCode.No, UpgradeParts.Worst([ExitCode.Undecided, ExitCode.No]));
        Assert.Equal(ExitCode.Undecided, UpgradeParts.Worst([ExitCode.Done, ExitCode.Undecided]));
        Assert.Equal(ExitCode.Done, UpgradeParts.Worst([ExitCode.Done, ExitCode.Done]));
    }

    [Fact]
    public void ThePlanNamesTheServersLogs()
    {
        var plan = UpgradePlan.Parse(Minimal + "\nbinary_log: [binlog.000041, binlog.000042]\nlogical_decoding: [shop=shop.decoded]", "plan.yaml");
        Assert.Equal(["binlog.000041", "binlog.000042"], plan.BinaryLog);
        Assert.Equal(["shop=shop.decoded"], plan.LogicalDecoding);
    }

    [Fact]
    public void AllRunsGetWhatIsPlayedAndWhen()
    {
        Assert.Empty(UpgradePlan.Parse(Minimal, "plan.yaml").PartArguments());
        var plan = UpgradePlan.Parse(Minimal + "\npeak: 1h\nsample: 10%\ninclude: [user=app, user=web]\nexclude: [class=ddl]\nschedule: think-time\nthink_time: 50%\nconnect_time: 80%\nidle_skip: 5s\nwarm_up: 60s\ndrain: 30s", "plan.yaml");
        Assert.Equal(
            "--peak 1h --sample 10% --include user=app --include user=web --exclude class=ddl --schedule think-time --connect-time 80% --think-time 50% --idle-skip 5s --warm-up 60s --drain 30s",
            string.Join(' ', plan.PartArguments()));
        Assert.Equal("--from 14:05 --to 15:05", string.Join(' ', UpgradePlan.Parse(Minimal + "\nfrom: '14:05'\nto: '15:05'", "plan.yaml").PartArguments()));
    }

    [Fact]
    public void AllRunsGetTheKnobs()
    {
        Assert.Empty(UpgradePlan.Parse(Minimal, "plan.yaml").KnobArguments());
        var plan = UpgradePlan.Parse(Minimal + "\nconcurrency: 8\ntransactions: rollback\nwrites: skip\nstatement_timeout: 5s", "plan.yaml");
        Assert.Equal("--concurrency 8 --transactions rollback --writes skip --statement-timeout 5s", string.Join(' ', plan.KnobArguments()));
        Assert.Equal("--clones 3 --clone-shift 50ms", string.Join(' ', UpgradePlan.Parse(Minimal + "\nclones: 3\nclone_shift: 50ms", "plan.yaml").KnobArguments()));
        Assert.Equal("--connections 20", string.Join(' ', UpgradePlan.Parse(Minimal + "\nconnections: 20", "plan.yaml").KnobArguments()));
    }

    // What a run has and a plan has not is the plan's own, or of a run by itself.
    [Fact]
    public void WhatARunCanBeToldAPlanCan()
    {
        string[] others =
        [
            "--target", "--out", "--turns", "--order-from", "--remark", "--require-fit", "--prepared-by", "--resume", "--no-reset", "--quiet", "--hook", "--help", "--version",
        ];
        using var signals = new Interruption();
        var help = UpgradeCommand.Create(signals).Description!;
        var keys = Regex.Matches(help, "[a-z_]+").Select(static word => word.Value).ToHashSet(StringComparer.Ordinal);
        var properties = typeof(UpgradePlan).GetProperties().Concat(typeof(UpgradeSide).GetProperties()).Where(static p => p.CanWrite)
            .Select(static p => Regex.Replace(p.Name, "(?<=.)([A-Z])", "_$1").ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var wanted = RunCommand.Create(signals).Options.Select(static option => option.Name).Except(others)
            .Select(static name => name == "--order" ? "exchange_order" : name.TrimStart('-').Replace('-', '_')).ToList();
        Assert.Empty(wanted.Except(properties));
        Assert.Empty(properties.Except(keys));
    }

    [Fact]
    public void TheStoresPasswordIsNotInACommandLine()
    {
        var (arguments, environment) = UpgradePlan.Parse(Minimal + "\nstore: postgres://replay:sec%20ret@history:5433/h?schema=nightly&sslmode=require", "plan.yaml").StoreArguments();
        Assert.Equal(["--store", "postgres://replay@history:5433/h?schema=nightly&sslmode=require"], arguments);
        Assert.Equal(("DBCOMPARE_STORE_PASSWORD", "sec ret"), (environment.Single().Key, environment.Single().Value));
        Assert.Empty(UpgradePlan.Parse(Minimal, "plan.yaml").StoreArguments().Arguments);
    }

    [Fact]
    public void FilesAreBesideThePlanAndHaveToBeThere()
    {
        using var folder = new TempFolder();
        foreach (var (keys, file) in ((string, string)[])[("binary_log: [b.1]", "b.1"), ("logical_decoding: [shop=d.1]", "d.1"), ("store: postgres://h/d\nstore_password_file: p", "p"), ("logical_decoding: [a=b]", "a=b")])
        {
            File.WriteAllText(folder.File("plan.yaml"), $"{Minimal}\n{keys}");
            Assert.Contains("no such file", Assert.Throws<CommandException>(() => UpgradePlan.Read(folder.File("plan.yaml"))).Message, StringComparison.Ordinal);
            File.WriteAllText(folder.File(file), "x");
            var plan = UpgradePlan.Read(folder.File("plan.yaml"));
            var shop = $"shop={folder.File(file)}";
            Assert.Contains([.. plan.BinaryLog, .. plan.LogicalDecoding, plan.StorePasswordFile ?? ""], path => path == folder.File(file) || path == shop);
        }
    }

    [Fact]
    public void EachSideHasItsNames()
    {
        const string Sides = "workload: w\nout: o\nrestore: false\nbaseline: { url: mysql://a@old, map_user: [app=a], map_database: [shop=old_shop, x=y] }\ncandidate: { url: mysql://a@new }";
        var plan = UpgradePlan.Parse(Sides, "plan.yaml");
        Assert.Equal("--map-user app=a --map-database shop=old_shop --map-database x=y", string.Join(' ', plan.Baseline.MapArguments()));
        Assert.Equal("--against-map-user app=a --against-map-database shop=old_shop --against-map-database x=y", string.Join(' ', plan.Baseline.MapArguments("--against-")));
        Assert.Equal(("a", "old_shop"), (plan.Baseline.Names.User("app"), plan.Baseline.Names.Database("shop")));
        Assert.Empty(plan.Candidate.MapArguments());
    }

    [Theory]
    [InlineData("order: ABBA")]
    [InlineData("order: AB")]
    [InlineData("order: BAAB\nslice: 1s")]
    public void InterleavedRunsGoInPairs(string keys) => Assert.True(UpgradePlan.Parse($"{Minimal}\ndesign: interleaved\n{keys}", "plan.yaml").IsInterleaved);

    [Theory]
    [InlineData("auto", 3600, 5)]
    [InlineData("auto", 60, 2.5)]
    [InlineData("auto", 3, 1)]
    [InlineData("10s", 3, 10)]
    public void SlicesSuitTheSchedule(string slice, double schedule, double seconds) =>
        Assert.Equal(seconds, UpgradePlan.Parse($"{Minimal}\nslice: {slice}", "plan.yaml").SliceFor(TimeSpan.FromSeconds(schedule)).TotalSeconds);

    [Theory]
    [InlineData("", "plan.yaml is empty")]
    [InlineData("workload: w\nout: o", "'baseline' needs a 'url'")]
    [InlineData("out: o", "'workload' is missing")]
    [InlineData(Minimal + "\norder: ABC", "'order' is 'ABC'")]
    [InlineData(Minimal + "\norder: AA", "'order' is 'AA'")]
    [InlineData(Minimal + "\nschedule: loose", "'schedule' is 'loose'")]
    [InlineData(Minimal + "\nspeed: max\nthink_time: 50%", "'speed' max has none")]
    [InlineData(Minimal + "\ndesign: interleaved\nidle_skip: 5s", "slices of the captured schedule")]
    [InlineData(Minimal + "\npeak: 1h\nfrom: 5m", "--peak finds the window itself")]
    [InlineData(Minimal + "\nsample: 0%", "a share of the sessions")]
    [InlineData(Minimal + "\ninclude: [table=t]", "table=t")]
    [InlineData(Minimal + "\ndesign: twisted", "'design' is 'twisted'")]
    [InlineData(Minimal + "\nslice: 200ms", "'slice' is '200ms'")]
    [InlineData(Minimal + "\ndesign: interleaved\norder: AABB", "pairs AB and BA")]
    [InlineData(Minimal + "\ndesign: interleaved\norder: ABB", "pairs AB and BA")]
    [InlineData(Minimal + "\ndesign: interleaved\nspeed: max", "'speed' max has none")]
    [InlineData(Minimal + "\nvalues: some", "'values' is 'some'")]
    [InlineData(Minimal + "\nretry_victims: 200", "'retry_victims' is 200")]
    [InlineData(Minimal + "\nspeed: fast", "'speed' is 'fast'")]
    [InlineData(Minimal + "\nconfirm_time: soon", "'confirm_time' soon")]
    [InlineData(Minimal + "\nlogin: me", "'login' is 'me'")]
    [InlineData(Minimal + "\nconcurrency: few", "'concurrency' few")]
    [InlineData(Minimal + "\nconnections: few", "'connections' few")]
    [InlineData(Minimal + "\nconnections: 8\nconcurrency: 8", "leave 'concurrency' out")]
    [InlineData(Minimal + "\nconnections: 8\nclones: 1", "'connections' would take away")]
    [InlineData(Minimal + "\nconcurrency: 8\nclones: 1", "'clones' adds others")]
    [InlineData(Minimal + "\nclones: -1", "'clones' -1")]
    [InlineData(Minimal + "\nclones: many", "plan.yaml, line")]
    [InlineData(Minimal + "\nclones: 1\nclone_shift: soon", "'clone_shift' soon")]
    [InlineData(Minimal + "\nclone_shift: 1s", "there are none")]
    [InlineData(Minimal + "\ntimeout: soon", "'timeout' soon")]
    [InlineData(Minimal + "\nexplain: -1", "'explain' is -1")]
    [InlineData(Minimal + "\nforce: [sources]", "'force' has 'sources'")]
    [InlineData(Minimal + "\nstore: mysql://a@h/d", "must be a PostgreSQL database")]
    [InlineData(Minimal + "\nstore: h/d", "'store': this is not")]
    [InlineData(Minimal + "\nstore: postgres://h/d?sslmode=some", "'store': sslmode 'some'")]
    [InlineData(Minimal + "\nstore: postgres://h/d\ncompare: [--store, postgres://h/d]", "leave one out")]
    [InlineData(Minimal + "\nstore_password_file: p", "'store' names, and there is none")]
    [InlineData(Minimal + "\ntransactions: none", "'transactions' is 'none'")]
    [InlineData(Minimal + "\ntransactions: rollback\nretry_victims: 3", "commits none")]
    [InlineData(Minimal + "\ntransactions: autocommit\npeak: 1h", "before a window")]
    [InlineData(Minimal + "\ntransactions: autocommit\nwhole: true", "before a window")]
    [InlineData(Minimal + "\nwhole: perhaps", "'whole' is 'perhaps'")]
    [InlineData(Minimal + "\nwhole: true\nspeed: max", "due times")]
    [InlineData(Minimal + "\nwhole: true\nfrom: '14:00'", "not with 'from' or 'to'")]
    [InlineData(Minimal + "\nwrites: some", "'writes' is 'some'")]
    [InlineData(Minimal + "\nstatement_timeout: soon", "'statement_timeout' soon")]
    [InlineData(Minimal + "\n  map_database: [shop=shop_new]", "by its own names")]
    [InlineData(Minimal + "\n  map_user: [shop]", "expected OLD=NEW")]
    [InlineData(Minimal + "\ncolour: red", "there is no key 'colour'")]
    [InlineData("workload: [", "plan.yaml, line")]
    public void WhatIsWrongIsOneClearLine(string text, string problem)
    {
        var e = Assert.Throws<CommandException>(() => UpgradePlan.Parse(text, "plan.yaml"));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
