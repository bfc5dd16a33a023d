package io.tillstream.simulator.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The objects of a store as packed bytes, in the order they were made, in a few arrays that grow. */
final class Rows {
    private static final int FIRST_SIZE = 16;
    private static final int NO_ATTEMPT = -1;
    private static final byte END = 0;
    private static final byte CLEARED = 1;
    private static final byte KIND = 2;
    private static final byte LEARNED = 3;
    private static final byte ROW = 4;

    private final List<String> kinds = new ArrayList<>();
    private final List<Packing> packings = new ArrayList<>();
    private byte[][] packed = new byte[FIRST_SIZE][];
    private int[] created = new int[FIRST_SIZE];
    private byte[] kind = new byte[FIRST_SIZE];
    private byte[] flags = new byte[FIRST_SIZE];
    private int size;
    private final BitSet changed = new BitSet();
    private final List<Integer> lessonsWritten = new ArrayList<>(); // by kind, for as many kinds as are written
    private final Map<Integer, Row> before = new HashMap<>(); // of an attempt: rows as they were at its start
    private int sizeBefore = NO_ATTEMPT;
    private boolean kept;
    private boolean cleared;
    private boolean learnedUnwritten; // though no row may be changed

    /** A row that may come back; packed bytes are replaced, never changed. */
    private static final class Row {
        private final byte[] packed;
        private final byte flags;

        Row(byte[] packed, byte flags) {
            this.packed = packed;
            this.flags = flags;
        }
    }

    /** Gives the place of the new row. */
    int add(long createdAt, String kindName, byte[] plain) {
        int place = size;
        makeRoom(place);
        created[place] = (int) createdAt;
        kind[place] = kindOf(kindName);
        flags[place] = 0;
        write(place, plain);
        return place;
    }

    private void makeRoom(int place) {
        if (place >= packed.length) {
            int more = Math.max(place + 1, packed.length + packed.length / 2);
            packed = Arrays.copyOf(packed, more);
            created = Arrays.copyOf(created, more);
            kind = Arrays.copyOf(kind, more);
            flags = Arrays.copyOf(flags, more);
        }
        size = Math.max(size, place + 1);
    }

    private byte kindOf(String name) {
        if (!kinds.contains(name)) {
            addKind(name);
        }
        return (byte) kinds.indexOf(name);
    }

    private void addKind(String name) {
        kinds.add(name);
        packings.add(new Packing());
    }

    private Packing packing(int place) {
        return packings.get(Byte.toUnsignedInt(kind[place]));
    }

    byte[] read(int place) {
        return packing(place).unpack(packed[place]);
    }

    void write(int place, byte[] plain) {
        remember(place);
        packed[place] = packing(place).pack(plain);
        noteChange(place);
    }

    void empty(int place) {
        remember(place);
        packed[place] = new byte[0];
        noteChange(place);
    }

    boolean isEmpty(int place) {
        return packed[place].length == 0;
    }

    private void remember(int place) {
        if (place < sizeBefore) {
            before.putIfAbsent(place, new Row(packed[place], flags[place]));
        }
    }

    void attempt() {
        before.clear();
        sizeBefore = size;
    }

    void settle() {
        before.clear();
        sizeBefore = NO_ATTEMPT;
    }

    /** The rows that are not as they were, new ones included. */
    List<Integer> attempted() {
        List<Integer> places = new ArrayList<>(before.keySet());
        for (int place = sizeBefore; place >= 0 && place < size; place++) {
            places.add(place);
        }
        return places;
    }

    /** What was learned to pack stays: it harms nobody once it is written, as a snapshot would have it too. */
    void takeBack() {
        before.forEach((place, row) -> {
            packed[place] = row.packed;
            flags[place] = row.flags;
        });
        changed.clear(sizeBefore, Math.max(sizeBefore, size));
        size = sizeBefore;
        learnedUnwritten = kept && knowsMoreThanWritten();
        settle();
    }

    private boolean knowsMoreThanWritten() {
        if (kinds.size() > lessonsWritten.size()) {
            return true;
        }
        for (int each = 0; each < kinds.size(); each++) {
            if (packings.get(each).learned().size() > lessonsWritten.get(each)) {
                return true;
            }
        }
        return false;
    }

    void flag(int place, byte flag) {
        remember(place);
        flags[place] |= flag;
        noteChange(place);
    }

    boolean has(int place, byte flag) {
        return (flags[place] & flag) != 0;
    }

    int created(int place) {
        return created[place];
    }

    /** How many there have been, emptied ones included. */
    int size() {
        return size;
    }

    void clear() {
        settle();
        packings.forEach(Packing::forget);
        packed = new byte[FIRST_SIZE][];
        created = new int[FIRST_SIZE];
        kind = new byte[FIRST_SIZE];
        flags = new byte[FIRST_SIZE];
        size = 0;
        changed.clear();
        lessonsWritten.replaceAll(unused -> 0);
        cleared = kept;
    }

    void keep() {
        kept = true;
        lessonsWritten.clear();
        packings.forEach(packing -> lessonsWritten.add(packing.learned().size()));
    }

    private void noteChange(int place) {
        if (kept) {
            changed.set(place);
        }
    }

    boolean isChanged() {
        return cleared || learnedUnwritten || !changed.isEmpty();
    }

    void writeChanges(DataOutput out) throws IOException {
        if (cleared) {
            out.writeByte(CLEARED);
        }
        for (int each = 0; each < kinds.size(); each++) {
            if (each == lessonsWritten.size()) {
                writeKind(out, kinds.get(each));
                lessonsWritten.add(0);
            }
            List<byte[]> learned = packings.get(each).learned();
            writeLessons(out, each, learned.subList(lessonsWritten.get(each), learned.size()));
            lessonsWritten.set(each, learned.size());
        }
        for (int place = changed.nextSetBit(0); place >= 0; place = changed.nextSetBit(place + 1)) {
            writeRow(out, place, created[place], kind[place], flags[place], packed[place]);
        }
        out.writeByte(END);
        cleared = false;
        learnedUnwritten = false;
        changed.clear();
    }

    private static void writeKind(DataOutput out, String name) throws IOException {
        out.writeByte(KIND);
        out.writeUTF(name);
    }

    private static void writeLessons(DataOutput out, int of, List<byte[]> lessons) throws IOException {
        for (byte[] lesson : lessons) {
            out.writeByte(LEARNED);
            out.writeByte(of);
            writeBytes(out, lesson);
        }
    }

    private static void writeRow(DataOutput out, int place, int createdAt, byte kind, byte flags, byte[] packed)
            throws IOException {
        out.writeByte(ROW);
        out.writeInt(place);
        out.writeInt(createdAt);
        out.writeByte(kind);
        out.writeByte(flags);
        writeBytes(out, packed);
    }

    private static void writeBytes(DataOutput out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Packed rows are never changed, only replaced: so it is enough to copy where they are. */
    Kept.Copy copy() {
        List<String> kindsNow = List.copyOf(kinds);
        List<List<byte[]>> learned = packings.stream().map(Packing::learned).toList();
        byte[][] packedNow = Arrays.copyOf(packed, size);
        int[] createdNow = Arrays.copyOf(created, size);
        byte[] kindNow = Arrays.copyOf(kind, size);
        byte[] flagsNow = Arrays.copyOf(flags, size);
        return out -> {
            for (int each = 0; each < kindsNow.size(); each++) {
                writeKind(out, kindsNow.get(each));
                writeLessons(out, each, learned.get(each));
            }
            for (int place = 0; place < packedNow.length; place++) {
                writeRow(out, place, createdNow[place], kindNow[place], flagsNow[place], packedNow[place]);
            }
            out.writeByte(END);
        };
    }

    void readBack(DataInput in) throws IOException {
        for (byte what = in.readByte(); what != END; what = in.readByte()) {
            switch (what) {
                case CLEARED -> clear();
                case KIND -> addKind(in.readUTF());
                case LEARNED -> packings.get(in.readUnsignedByte()).relearn(readBytes(in));
                case ROW -> readRow(in);
                default -> throw new IOException("no change of a row: " + what);
            }
        }
    }

    private void readRow(DataInput in) throws IOException {
        int place = in.readInt();
        makeRoom(place);
        created[place] = in.readInt();
        kind[place] = in.readByte();
        flags[place] = in.readByte();
        packed[place] = readBytes(in);
    }

    private static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
