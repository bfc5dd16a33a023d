package io.tillstream.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The walk through a Markdown file: its blocks fenced as {@code ```bash walk}, run in one shell in their order. A line
 * {@code # → text} says that the output of the commands above it, back to the last such line, contains the text. A request
 * that is answered 503 or 504 is sent again, and a step's last command is done again if it only looks at something that is not
 * there yet, as a reader would do both.
 */
final class WalkThrough {
    private static final String FENCE = "```bash walk";
    private static final String EXPECTS = "# → ";
    private static final int LONGEST_SECONDS = 900;

    /** A command that only looks at something: on a busy machine it may not be there yet. */
    private static final Pattern LOOK =
            Pattern.compile("get .*|curl -s \"[^\"]*\"( -H .*| -w .*)?|call \"\\$\\w+\" GET .*");

    private static final int LOOKS = 120;

    /** What {@code curl} does with an answer that says to come again: the same request, with the same key. */
    private static final String CURL = """
            retry = 60
            retry-delay = 2
            retry-all-errors
            """;

    private WalkThrough() {}

    /** Some commands, and what their output has to contain. */
    record Step(List<String> commands, List<String> expected) {}

    record Outcome(int exitCode, String output) {}

    static List<Step> read(Path markdown) throws IOException {
        List<Step> steps = new ArrayList<>();
        List<String> commands = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(markdown)) {
            if (!inside) {
                inside = line.strip().equals(FENCE);
                continue;
            }
            boolean ends = line.strip().equals("```");
            boolean expects = line.strip().startsWith(EXPECTS);
            if (expects) {
                expected.add(line.strip().substring(EXPECTS.length()).strip());
            } else if (ends || !expected.isEmpty()) {
                addStep(steps, commands, expected);
            }
            if (ends) {
                inside = false;
            } else if (!expects) {
                commands.add(line);
            }
        }
        return steps;
    }

    private static void addStep(List<Step> steps, List<String> commands, List<String> expected) {
        if (commands.stream().anyMatch(line -> !line.isBlank())) {
            steps.add(new Step(List.copyOf(commands), List.copyOf(expected)));
        }
        commands.clear();
        expected.clear();
    }

    /** One script for all: variables of one block are there in the next. */
    static String script(List<Step> steps) {
        StringBuilder script = new StringBuilder("set -euo pipefail\nexec 3>&1\nwalk_output=$(mktemp)\n");
        script.append(
                "trap 'code=$?; [ $code = 0 ] || cat \"$walk_output\" >&3; rm -f \"$walk_output\"; exit $code' EXIT\n");
        for (Step step : steps) {
            appendCommands(script, step);
            script.append("cat \"$walk_output\"\n");
            for (String text : step.expected()) {
                script.append("grep -qF -- ")
                        .append(quoted(text))
                        .append(" \"$walk_output\" || { echo NOT FOUND: ")
                        .append(quoted(text))
                        .append("; exit 99; }\n");
            }
            script.append(": >\"$walk_output\"\n");
        }
        return script.toString();
    }

    private static void appendCommands(StringBuilder script, Step step) {
        List<String> commands =
                step.commands().stream().filter(line -> !line.isBlank()).toList();
        String last = commands.get(commands.size() - 1).strip();
        if (step.expected().isEmpty() || !LOOK.matcher(last).matches()) {
            script.append("{\n").append(String.join("\n", commands)).append("\n} >\"$walk_output\" 2>&1\n");
            return;
        }
        List<String> before = commands.subList(0, commands.size() - 1);
        script.append("{\n:\n").append(String.join("\n", before)).append("\n} >\"$walk_output\" 2>&1\n");
        script.append("walk_before=$(cat \"$walk_output\")\n");
        script.append("for walk_look in {1..").append(LOOKS).append("}; do\n");
        script.append("{\necho \"$walk_before\"\n").append(last).append("\n} >\"$walk_output\" 2>&1\n");
        for (String text : step.expected()) {
            script.append("grep -qF -- ").append(quoted(text)).append(" \"$walk_output\" && ");
        }
        script.append("break || sleep 2\ndone\n");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    static Outcome run(String script, Path folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile("walk", ".sh");
        Path output = Files.createTempFile("walk", ".out");
        Path settings = Files.createTempDirectory("walk");
        try {
            Files.writeString(file, script);
            Files.writeString(settings.resolve(".curlrc"), CURL);
            ProcessBuilder bash = new ProcessBuilder("bash", file.toString())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            bash.environment().put("CURL_HOME", settings.toString());
            bash.environment().putAll(environment);
            Process process = bash.start();
            boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String said = Files.readString(output, StandardCharsets.UTF_8);
            return new Outcome(ended ? process.exitValue() : -1, said);
        } finally {
            Files.delete(file);
            Files.delete(output);
            Files.deleteIfExists(settings.resolve(".curlrc"));
            Files.delete(settings);
        }
    }
}
