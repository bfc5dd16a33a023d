package io.tillstream.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who listens on a port. A part whose port was taken before it could listen there ends, but only seconds later; until
 * then somebody else may answer in its place, and perhaps as it would. Only Linux tells.
 */
final class PortOwner {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int ADDRESS = 1; // columns of the tables
    private static final int STATE = 3;
    private static final int SOCKET = 9;
    private static final String LISTENS = "0A";

    private PortOwner() {}

    /** Whether the port is known to be another's: somebody listens there, and this process does not. */
    static boolean isAnother(long process, int port) {
        try {
            Set<String> sockets = listening(port);
            return !sockets.isEmpty() && !hasOneOf(sockets, Path.of("/proc/" + process + "/fd"));
        } catch (IOException | UncheckedIOException notTold) {
            return false;
        }
    }

    private static Set<String> listening(int port) throws IOException {
        String end = String.format(":%04X", port);
        Set<String> sockets = new HashSet<>();
        for (Path table : TABLES) {
            for (String line : Files.exists(table) ? Files.readAllLines(table) : List.<String>of()) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > SOCKET && columns[ADDRESS].endsWith(end) && columns[STATE].equals(LISTENS)) {
                    sockets.add("socket:[" + columns[SOCKET] + "]");
                }
            }
        }
        return sockets;
    }

    private static boolean hasOneOf(Set<String> sockets, Path descriptors) throws IOException {
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.anyMatch(descriptor -> sockets.contains(target(descriptor)));
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
