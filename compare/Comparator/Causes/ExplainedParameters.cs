using Replay.Sql;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// The executions of a shape that the new server explained, and so the plans of all that have their parameters, of the same user in the same database. The plans of others are not known.
/// </summary>
internal sealed class ExplainedParameters
{
    private readonly (int Session, int Ordinal, bool IsPrepared, ulong? Key, int Plan)[] _explained;

    private ExplainedParameters((int, int, bool, ulong?, int)[] explained, IReadOnlyList<string> plans)
    {
        _explained = explained;
        Plans = plans;
    }

    /// <summary>The different plans, in words.</summary>
    public IReadOnlyList<string> Plans { get; }

    /// <summary>Those whose parameters were bound to a prepared statement, and have to be handed to <see cref="Bind"/>.</summary>
    public IEnumerable<(int Session, int Ordinal)> Prepared => _explained.Where(one => one.IsPrepared).Select(one => (one.Session, one.Ordinal));

    /// <summary>Those of a shape; null if they have one plan, which sets nothing apart.</summary>
    /// <param name="input">The workload, and its engine.</param>
    /// <param name="explained">Where they are, with their plans.</param>
    public static ExplainedParameters? Of(ComparisonInput input, IReadOnlyList<(long Position, PlanNode Root)> explained)
    {
        var roots = explained.DistinctBy(one => PlanIdentity.Of(one.Root)).Select(one => one.Root).ToArray();
        if (roots.Length < 2)
        {
            return null;
        }

        string[] identities = [.. roots.Select(PlanIdentity.Of)];
        string[] words = [.. roots.Select(PlanIdentity.Words)];
        var found = new List<(int, int, bool, ulong?, int)>();
        foreach (var (position, root) in explained)
        {
            using var cursor = input.Workload.Read(position);
            if (cursor.MoveNext())
            {
                var exchange = cursor.Current;
                var key = KeyOf(in exchange, input.Workload.Sessions.Find(exchange.Session), input.Runs[0].Manifest.Engine);
                found.Add((exchange.Session, exchange.Ordinal, exchange.Command is Command.Execute or Command.MySqlStatementExecute, key, Array.IndexOf(identities, PlanIdentity.Of(root))));
            }
        }

        // Plans that differ in what their short words leave out are told apart by a number.
        return new ExplainedParameters([.. found], [.. words.Select((word, i) => words.Count(other => other == word) > 1 ? $"{word} (plan {words.Take(i + 1).Count(other => other == word)})" : word)]);
    }

    /// <summary>What tells an execution by the parameters in its text, its user and its database; of a prepared statement's also by what was bound, which is added later (<see cref="ParameterKey.With"/>).</summary>
    public static ulong KeyOf(in Exchange exchange, Session? session, Engine engine) =>
        ParameterKey.With(ParameterKey.With(ParameterKey.OfText(exchange.Text, (session?.Engine ?? engine) == Engine.MySql ? SqlDialect.MySql : SqlDialect.PostgreSql), session?.Database), session?.User);

    /// <summary>Notes what was bound to one that was explained.</summary>
    public void Bind(int session, int ordinal, IReadOnlyList<string?> parameters)
    {
        var place = Array.FindIndex(_explained, one => one.Session == session && one.Ordinal == ordinal);
        _explained[place].Key = parameters.Aggregate(_explained[place].Key, (key, value) => ParameterKey.With(key!.Value, value));
    }

    /// <summary>What was bound is not known.</summary>
    public void ForgetPrepared()
    {
        for (var i = 0; i < _explained.Length; i++)
        {
            _explained[i].Key = _explained[i].IsPrepared ? null : _explained[i].Key;
        }
    }

    /// <summary>The number of an execution's plan; below 0 if it is not known.</summary>
    public int PlanOf(ulong? key) => Find(key) is >= 0 and var place ? _explained[place].Plan : -1;

    /// <summary>
    /// Whether the slow ones are those of a plan, as far as plans are known: of the parameters with it most are slow, of those with another most are not. Where it is not so, what looks like the plan is a single value that happens
    /// to be among those that were explained.
    /// </summary>
    public bool IsOfTheSlow(int plan, IReadOnlyList<SampledExecution> executions, bool[] slow)
    {
        var (all, ofSlow) = (new int[_explained.Length], new int[_explained.Length]);
        for (var i = 0; i < executions.Count; i++)
        {
            if (Find(executions[i].Parameters) is >= 0 and var place)
            {
                all[place]++;
                ofSlow[place] += slow[i] ? 1 : 0;
            }
        }

        var known = Enumerable.Range(0, all.Length).Where(place => all[place] > 0).ToLookup(place => _explained[place].Plan == plan, place => 2 * ofSlow[place] > all[place]);
        return 2 * known[true].Count(isSlow => isSlow) > known[true].Count() && 2 * known[false].Count(isSlow => !isSlow) > known[false].Count();
    }

    private int Find(ulong? key) => key is null ? -1 : Array.FindIndex(_explained, one => one.Key == key);
}
