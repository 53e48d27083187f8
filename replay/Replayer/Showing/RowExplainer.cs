using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Says of rows that differ from production's after a run what made them so: <c>dbreplay show RUN --rows FILE</c>.</summary>
public sealed class RowExplainer(RunReader run, WorkloadReader workload)
{
    private const int MaxPairs = 1_000_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        PropertyNameCaseInsensitive = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads rows: one JSON object a line, <c>{"table": "account", "key": {"id": "7"}}</c>.</summary>
    public static IEnumerable<DifferingRow> Read(TextReader input)
    {
        for (var number = 1; input.ReadLine() is { } line; number++)
        {
            if (line.Length > 0)
            {
                yield return Parse(line, number);
            }
        }
    }

    /// <summary>Prints each row with its cause, in the order in which they come. A <see cref="CommandException"/> for a row that cannot be found by its key.</summary>
    public void Print(TextWriter output, IEnumerable<DifferingRow> differing, bool asNdjson)
    {
        var rows = differing.ToList();
        var catalogs = run.Documents.Select(name => (Database: CatalogReader.DatabaseOf(name), Name: name)).Where(d => d.Database is not null)
            .ToDictionary(d => d.Database!, d => OrderCatalog.Parse(run.ReadDocument(d.Name)!), StringComparer.Ordinal);
        if (run.ReadDocument("order.json") is null || !Enum.TryParse<OrderLevel>(run.Manifest.Order, ignoreCase: true, out var level) || catalogs.Count == 0)
        {
            throw new CommandException($"the run kept no order between sessions (--order {run.Manifest.Order}) or did not come to its end: any row that several sessions wrote may differ");
        }

        var input = new OrderInput
        {
            Reader = workload,
            Engine = catalogs.Values.First().Dialect == SqlDialect.MySql ? Engine.MySql : Engine.PostgreSql,
            Catalogs = catalogs,
            DefaultDatabase = catalogs.Keys.First(),
            Level = level,
            IsPlayed = static session => session.Purpose == SessionPurpose.Client,
        };
        var draws = new Draws(rows.SelectMany(row => DrawnKeys(row, catalogs)).ToHashSet());
        var plan = OrderPass.Run(input, draws, static _ => { }, CancellationToken.None);
        var pairs = PairFile.Read(Path.Combine(run.Folder, PairFile.Name), MaxPairs); // of the run itself, which may have had a log to tell others by
        var keys = rows.ConvertAll(row => KeysOf(row, catalogs, plan));
        var finder = new RowCauseFinder(new RowCauseInput
        {
            OutcomeOf = Outcome,
            ErrorOf = run.ErrorCode,
            Pairs = pairs,
            AtTheCut = AtTheCut(),
            Watched = keys.SelectMany(k => k).SelectMany(k => new[] { k, (k.Table, 0UL) }).ToHashSet(),
        });
        OrderPass.Run(input, finder, static _ => { }, CancellationToken.None);
        for (var i = 0; i < rows.Count; i++)
        {
            var cause = finder.Find(keys[i]);
            cause = cause is { IsExact: true } ? cause : DrawnBy(rows[i], catalogs, keys[i], draws, pairs) ?? cause;
            var touched = keys[i].SelectMany(k => finder.Touched(k.Table, k.Key).Concat(finder.Touched(k.Table, 0))).Distinct().Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Session}/{t.Ordinal}")).ToList();
            output.WriteLine(asNdjson ? Ndjson(rows[i], cause, touched, plan) : Text(rows[i], cause, touched, plan));
        }
    }

    private static DifferingRow Parse(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<DifferingRow>(line, Json) is { Table: not null, Key: not null } row ? row : throw new JsonException("table and key are needed");
        }
        catch (JsonException e)
        {
            throw new CommandException($"--rows, line {number}: expected {{\"table\": \"account\", \"key\": {{\"id\": \"7\"}}}}: {e.Message}");
        }
    }

    // As an insert of the row would name it: by each unique key.
    private static List<(int Table, ulong Key)> KeysOf(DifferingRow row, Dictionary<string, OrderCatalog> catalogs, OrderPlan plan)
    {
        var found = new List<(int Table, ulong Key)>();
        foreach (var catalog in catalogs.Values)
        {
            foreach (var table in catalog.Tables.Where(t => row.Table == t.Name || row.Table == $"{t.Schema}.{t.Name}"))
            {
                var isMySql = catalog.Dialect == SqlDialect.MySql;
                Func<string, string> quote = isMySql ? MySqlNames.Quote : PostgresNames.Quote;
                Func<string, string> literal = isMySql ? MySqlNames.Literal : PostgresNames.Literal;
                var sql = Encoding.UTF8.GetBytes(
                    $"INSERT INTO {quote(table.Schema)}.{quote(table.Name)} ({string.Join(", ", row.Key.Keys.Select(quote))}) VALUES ({string.Join(", ", row.Key.Values.Select(literal))})");
                var unit = new OrderUnit();
                new AccessResolver(catalog).Resolve(new AccessReader(catalog.Dialect).Read(sql), sql, LexerOptions.None, default, default, table.Schema, unit);
                var name = $"{table.Schema}.{table.Name}";
                found.AddRange(
                    from access in unit.Accesses
                    where access.Kind == OrderAccessKind.KeyInsert
                    from number in plan.TableNames
                    where number.Value == name && number.Key % OrderPass.TablesPerDatabase == access.Table
                    select (number.Key, access.Key));
            }
        }

        return found.Count > 0 ? found : throw new CommandException($"no table of the run's catalogue is called {row.Table} and has a primary or unique key of these columns: {string.Join(", ", row.Key.Keys)}");
    }

    // The values of a row's key that a sequence gave it.
    private static IEnumerable<long> DrawnKeys(DifferingRow row, Dictionary<string, OrderCatalog> catalogs) =>
        from catalog in catalogs.Values
        from table in catalog.Tables
        where row.Table == table.Name || row.Table == $"{table.Schema}.{table.Name}"
        from column in table.Columns
        where column.Sequence is not null && row.Key.ContainsKey(column.Name)
        select long.TryParse(row.Key[column.Name], CultureInfo.InvariantCulture, out var id) ? id : 0;

    // The insert that drew a row's key, as far as is known, if another may have drawn it instead.
    private static RowCause? DrawnBy(DifferingRow row, Dictionary<string, OrderCatalog> catalogs, List<(int Table, ulong Key)> keys, Draws draws, List<AmbiguousPair> pairs)
    {
        var drawers = DrawnKeys(row, catalogs).SelectMany(draws.DrawersOf).ToHashSet();
        foreach (var pair in drawers.Count == 0 ? [] : pairs)
        {
            if (pair.Key != 0 && keys.Exists(k => k.Table == pair.Table) && (drawers.Contains((pair.FirstSession, pair.FirstOrdinal)) || drawers.Contains((pair.SecondSession, pair.SecondOrdinal))))
            {
                return new RowCause(RowCauseKind.OrderNotTold, pair.SecondSession, pair.SecondOrdinal) { Pair = pair };
            }
        }

        return null;
    }

    private HashSet<long> AtTheCut()
    {
        using var certificate = JsonDocument.Parse(run.ReadDocument("certificate.json")!);
        return [.. certificate.RootElement.GetProperty("cut").GetProperty("ambiguous").EnumerateArray().Select(t => t.GetProperty("position").GetInt64())];
    }

    private RunOutcome Outcome(long position)
    {
        Span<RunOutcome> outcome = stackalloc RunOutcome[1];
        run.Read(position, outcome);
        return outcome[0];
    }

    private static string Ndjson(DifferingRow row, RowCause? cause, List<string> touched, OrderPlan plan) => JsonSerializer.Serialize(
        new
        {
            row.Table,
            row.Key,
            Cause = JsonNamingPolicy.SnakeCaseLower.ConvertName((cause?.Kind ?? RowCauseKind.Unexplained).ToString()),
            Explained = cause is { IsNamed: true },
            Exact = cause?.IsExact,
            cause?.Session,
            cause?.Ordinal,
            cause?.Error,
            Pair = cause?.Pair is { } pair ? new { Table = plan.TableName(pair.Table), AnyRow = pair.Key == 0, pair.FirstSession, pair.FirstOrdinal, pair.SecondSession, pair.SecondOrdinal } : null,
            Touched = touched,
        },
        Json);

    private static string Text(DifferingRow row, RowCause? cause, List<string> touched, OrderPlan plan)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"{cause?.Session}/{cause?.Ordinal}");
        var what = cause?.Kind switch
        {
            RowCauseKind.OrderNotTold when cause.Pair is { } pair => string.Create(
                CultureInfo.InvariantCulture, $"the wire does not tell whether {at} came before or after {pair.FirstSession}/{pair.FirstOrdinal} on {(pair.Key == 0 ? "rows" : "a row")} of {plan.TableName(pair.Table)}"),
            RowCauseKind.LetGo => $"{at} was let go before what it had to wait for",
            RowCauseKind.AtTheCut => $"nothing tells whether the snapshot has {at}",
            RowCauseKind.Refused => $"the target refused {at} with {cause.Error}",
            RowCauseKind.Lost => $"{at} was not carried through",
            RowCauseKind.Unreproducible => $"the outcome of {at} depends on the instant",
            RowCauseKind.Diverged => $"unexplained; {at} went otherwise{(cause.Error is { } error ? $" ({error})" : "")}, and nothing tells why",
            _ => "unexplained",
        };
        var key = string.Join(", ", row.Key.Select(k => $"{k.Key} = {k.Value}"));
        return $"{row.Table} {key}: {what}{(cause is { IsExact: false } ? ", and this row may be among those that it changed" : "")}{(touched.Count > 0 ? $"; touched last by {string.Join(" ", touched)}" : "")}";
    }

    private sealed class Draws(HashSet<long> drawnKeys) : IOrderPassSink
    {
        private readonly List<(long First, long Last, int Session, int Ordinal)> _drawers = [];

        public void Read(long position, in Exchange exchange)
        {
            // Only draws are wanted.
        }

        public void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> needs, ReadOnlySpan<OrderMark> marks, int tables)
        {
            // Only draws are wanted.
        }

        public IEnumerable<(int Session, int Ordinal)> DrawersOf(long id) => _drawers.Where(d => d.First <= id && id <= d.Last).Select(d => (d.Session, d.Ordinal));

        public void Drew(in Drawer drawer, in SequenceDraw draw)
        {
            if (draw.First is { } first && (drawnKeys.Contains(first) || draw.Rows > 1))
            {
                _drawers.Add((first, first + draw.Rows - 1, drawer.Session, drawer.Ordinal));
            }
        }

        public void Ambiguous(in AmbiguousPair pair)
        {
            // The run has written them down.
        }
    }
}
