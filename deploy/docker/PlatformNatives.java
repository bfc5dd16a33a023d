import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Leaves in a folder of jars only the native libraries of this platform: java PlatformNatives.java FOLDER. Whole jars of
 * another platform (Netty's) go, others lose what is not for here. What names no platform stays as it is.
 */
final class PlatformNatives {
    private static final Pattern NATIVE_FILE = Pattern.compile(".*\\.(so|dll|dylib|jnilib|a)");
    private static final Pattern NETTY = Pattern.compile(
            "netty-.*-(linux|osx|windows)-(x86_64|aarch_64|riscv64)\\.jar");
    private static final Pattern SYSTEM = Pattern.compile(
            "(?:^|/)(linux|darwin|mac|win|win32|windows|aix|freebsd|sunos)/([a-z0-9_-]+)/");

    /** What the makers of libraries call one processor. */
    private static final Set<String> AMD64 = Set.of("amd64", "x86_64");

    private static final Set<String> ARM64 = Set.of("aarch64", "aarch_64", "arm64");

    private final Set<String> processor;

    private PlatformNatives(String processor) {
        this.processor = Stream.of(AMD64, ARM64)
                .filter(names -> names.contains(processor))
                .findFirst()
                .orElse(Set.of(processor));
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        PlatformNatives platform = new PlatformNatives(args.length > 1 ? args[1] : System.getProperty("os.arch"));
        long before = size(folder);
        for (Path jar : jars(folder)) {
            platform.lighten(jar);
        }
        System.out.printf(
                Locale.ROOT, "Native libraries of other platforms: %.1f MB less%n", (before - size(folder)) / 1e6);
    }

    private void lighten(Path jar) throws IOException {
        Matcher netty = NETTY.matcher(jar.getFileName().toString());
        if (netty.matches() && !isHere(netty.group(1), netty.group(2))) {
            Files.delete(jar);
            return;
        }
        try (ZipFile old = new ZipFile(jar.toFile())) {
            if (old.stream().allMatch(entry -> stays(entry.getName()))) {
                return;
            }
            Path draft = jar.resolveSibling(jar.getFileName() + ".new");
            try (ZipOutputStream made = new ZipOutputStream(Files.newOutputStream(draft))) {
                for (ZipEntry entry : (Iterable<ZipEntry>) old.stream().map(ZipEntry.class::cast)::iterator) {
                    if (stays(entry.getName())) {
                        copy(old, entry, made);
                    }
                }
            }
            Files.move(draft, jar, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** With the time of the old one: the same jar is the same layer of an image. */
    private static void copy(ZipFile old, ZipEntry entry, ZipOutputStream made) throws IOException {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        made.putNextEntry(copy);
        old.getInputStream(entry).transferTo(made);
        made.closeEntry();
    }

    private boolean stays(String name) {
        Matcher system = SYSTEM.matcher(name.toLowerCase(Locale.ROOT));
        return !NATIVE_FILE.matcher(name).matches() || !system.find() || isHere(system.group(1), system.group(2));
    }

    private boolean isHere(String system, String machine) {
        return system.equals("linux") && processor.contains(machine);
    }

    private static long size(Path folder) {
        return jars(folder).stream().mapToLong(jar -> jar.toFile().length()).sum();
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
