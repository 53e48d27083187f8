using System.Collections.Concurrent;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Replay.Architecture.Tests;

/// <summary>What an assembly uses, read from its metadata without loading it.</summary>
/// <param name="Assemblies">Names of the assemblies that it refers to.</param>
/// <param name="Types">Full names of the types of others that it uses.</param>
/// <param name="Members">Members of others that it uses, as <c>Namespace.Type.Member</c>.</param>
/// <param name="TypeAssemblies">For each used type the assembly that it comes from, as <c>Assembly: Namespace.Type</c>.</param>
/// <param name="Imports">Native functions that it calls, as <c>library: function</c>.</param>
/// <param name="Defined">Full names of the types that it defines.</param>
internal sealed record AssemblyFacts(
    IReadOnlySet<string> Assemblies,
    IReadOnlySet<string> Types,
    IReadOnlySet<string> Members,
    IReadOnlySet<string> TypeAssemblies,
    IReadOnlySet<string> Imports,
    IReadOnlySet<string> Defined)
{
    private static readonly ConcurrentDictionary<string, AssemblyFacts> Known = new(StringComparer.Ordinal);

    public static AssemblyFacts Of(string file) => Known.GetOrAdd(file, Read);

    private static AssemblyFacts Read(string file)
    {
        using var pe = new PEReader(File.OpenRead(file));
        var reader = pe.GetMetadataReader();
        string Text(StringHandle handle) => reader.GetString(handle);
        string TypeName(TypeReference type) => $"{Text(type.Namespace)}.{Text(type.Name)}";

        var types = reader.TypeReferences.Select(reader.GetTypeReference).ToList();
        var members = reader.MemberReferences.Select(reader.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference)
            .Select(m => $"{TypeName(reader.GetTypeReference((TypeReferenceHandle)m.Parent))}.{Text(m.Name)}");
        var origins = types.Where(t => t.ResolutionScope.Kind == HandleKind.AssemblyReference)
            .Select(t => $"{Text(reader.GetAssemblyReference((AssemblyReferenceHandle)t.ResolutionScope).Name)}: {TypeName(t)}");
        var imports = reader.MethodDefinitions.Select(reader.GetMethodDefinition).Select(m => m.GetImport())
            .Where(i => !i.Module.IsNil)
            .Select(i => $"{Text(reader.GetModuleReference(i.Module).Name)}: {Text(i.Name)}");
        var defined = reader.TypeDefinitions.Select(reader.GetTypeDefinition).Select(t => $"{Text(t.Namespace)}.{Text(t.Name)}");
        return new AssemblyFacts(
            Set(reader.AssemblyReferences.Select(h => Text(reader.GetAssemblyReference(h).Name))),
            Set(types.Select(TypeName)), Set(members), Set(origins), Set(imports), Set(defined));
    }

    private static HashSet<string> Set(IEnumerable<string> names) => names.ToHashSet(StringComparer.Ordinal);
}
