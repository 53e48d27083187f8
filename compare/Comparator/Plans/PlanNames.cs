using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>What a statement calls its tables: MySQL's first format and its table have these names in place of the tables'.</summary>
internal sealed class PlanNames
{
    private readonly AccessReader _postgres = new(SqlDialect.PostgreSql);
    private readonly AccessReader _mysql = new(SqlDialect.MySql);

    /// <summary>Tables of a shape's text, by what the text calls them.</summary>
    public IReadOnlyDictionary<string, string> Of(Engine engine, string sql)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var access = (engine == Engine.MySql ? _mysql : _postgres).Read(Encoding.UTF8.GetBytes(sql));
        foreach (var table in access.Statements.SelectMany(statement => statement.Tables))
        {
            names.TryAdd(table.Alias.Length > 0 ? table.Alias : table.Name, table.Name);
        }

        return names;
    }

    /// <summary>The plan with tables' own names.</summary>
    public static PlanNode Resolve(PlanNode node, IReadOnlyDictionary<string, string> names) => node with
    {
        Relation = node.Relation is { } relation && relation == node.Alias ? names.GetValueOrDefault(relation, relation) : node.Relation,
        Children = [.. node.Children.Select(child => Resolve(child, names))],
    };
}
