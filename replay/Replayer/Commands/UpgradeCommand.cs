using System.CommandLine;

namespace Replay.Replayer;

/// <summary><c>dbreplay upgrade</c>.</summary>
internal static class UpgradeCommand
{
    private const string Description =
        """
        Restores the snapshot on both sides, plays A B B A with fresh data before each run, compares, executes what looks slower again on both servers in turn, and exits with the verdict: 0 pass, 1 fail, 3 undecided.
        Of a workload of more than two hours the peak hour is played so, and then the whole once a side.

        Keys of PLAN.yaml (paths are relative to it):
          workload       the workload's folder
          out            folder for the runs, report.html and comparison.json
          baseline       the old version's side; candidate: the new version's:
            url                    postgres://user:password@host:port/database or mysql://...
            target_password_file   file with the password of the URL's user
            password_file          passwords of captured users (run --password-file)
            map_user, map_database lists of OLD=NEW, as run --map-user ... (map_database with restore: false: a snapshot is restored by its own names)
            after_restore          list of steps after each restore: files *.sql, or shell commands (REPLAY_URL and REPLAY_SIDE are set)
            before_run             list of steps before each run of this side
            restore_hook           shell command that puts a snapshot taken by a hook onto the server, as restore --hook
            reset                  shell command that puts the data back between runs, instead of restore --reset
          order          ABBA      (A is the baseline, B the candidate)
          design         sequential (or interleaved: runs of both sides in pairs, each slice of the workload on one server, then on the other; both servers must be up at once)
          slice          auto      (interleaved: 1s to 1m; auto is 5 s, less for short workloads so that there are 24)
          speed          1         (or max)
          whole          auto      (true: the whole workload once a side, for errors, results and what is proven slower, besides its peak of an hour, or of 'peak', as 'order' says; auto: if it takes over two hours and no part of it is chosen)
          from, to, peak, sample, include, exclude   what is played, as run --from ... (include and exclude are lists)
          schedule, connect_time, think_time, idle_skip, warm_up   when, as run --schedule ...
          concurrency, connections, clones, clone_shift, transactions, writes, statement_timeout   what is played otherwise, as run --concurrency ...
          exchange_order key       (run --order: table, commit, session, none)
          values         exact     (or as-recorded)
          retry_victims  0         (run --retry-victims: how often a deadlock victim's transaction is sent again)
          binary_log     files of the captured server's binary log, as run --binary-log
          logical_decoding   files of the captured databases' logical decoding, as run --logical-decoding
          wire           interface to measure on; without it the client's clock
          login          target    (or captured)
          timeout        10m
          explain        1000      (run --explain)
          drain          how long exchanges that still run are waited for when the schedule is over, as run --drain
          play_again     2         (how many runs, in all, are played again if nothing but the replayer's own lag makes them unfit)
          restore        true      (false: the sides hold the data already)
          prewarm        true
          confirm        true      (false: what looks slower is not executed again on both servers)
          confirm_time   5m
          waivers        none      (a file of differences that are accepted for a while, as dbcompare --waivers)
          slo            none      (a file of objectives that the candidate has to keep to, as dbcompare --slo)
          force, tools   lists, as the options of 'run'
          store          postgres://user:password@host/database: where the comparison is stored, as dbcompare --store; the password may be in a file, store_password_file
          compare        list of further arguments of dbcompare
        """;

    public static Command Create(Interruption signals)
    {
        var plan = new Argument<string>("plan") { Description = "The plan's file." };
        var quiet = CommonOptions.Quiet();
        var command = new Command("upgrade", Description) { plan, quiet };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(() =>
        {
            var isQuiet = parsed.GetValue(quiet);
            return UpgradeParts.RunAsync(UpgradePlan.Read(parsed.GetRequiredValue(plan)), CommonOptions.MakeProgress(isQuiet), isQuiet, Console.Out, signals.Token);
        }));
        return command;
    }
}
