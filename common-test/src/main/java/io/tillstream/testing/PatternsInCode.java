package io.tillstream.testing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.asm.AnnotationVisitor;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.RecordComponentVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.TypePath;

/** Reads the regular expressions out of one compiled class: of its {@code @Pattern}s and of what its code calls. */
final class PatternsInCode extends ClassVisitor {

    private static final int API = SpringAsmInfo.ASM_VERSION;
    private static final String CONSTRAINT = "Ljakarta/validation/constraints/Pattern;";
    private static final String STRING = "java/lang/String";
    private static final String REGEX = "java/util/regex/Pattern";
    private static final Set<String> OF_STRING = Set.of("matches", "replaceAll", "replaceFirst", "split");

    private final Set<LinearPatterns.Use> found = new LinkedHashSet<>();

    private PatternsInCode() {
        super(API);
    }

    static Set<LinearPatterns.Use> of(byte[] type) {
        PatternsInCode reader = new PatternsInCode();
        new ClassReader(type).accept(reader, ClassReader.SKIP_FRAMES);
        return reader.found;
    }

    private AnnotationVisitor annotation(String descriptor) {
        boolean constraint = descriptor.equals(CONSTRAINT);
        return new AnnotationVisitor(API) {
            @Override
            public void visit(String name, Object value) {
                if (constraint && "regexp".equals(name)) {
                    found.add(new LinearPatterns.Use(String.valueOf(value), true));
                }
            }

            @Override
            public AnnotationVisitor visitAnnotation(String name, String inner) {
                return annotation(inner);
            }

            @Override
            public AnnotationVisitor visitArray(String name) {
                return this;
            }
        };
    }

    @Override
    public RecordComponentVisitor visitRecordComponent(String name, String descriptor, String signature) {
        return new RecordComponentVisitor(API) {
            @Override
            public AnnotationVisitor visitAnnotation(String type, boolean visible) {
                return annotation(type);
            }

            @Override
            public AnnotationVisitor visitTypeAnnotation(int at, TypePath path, String type, boolean visible) {
                return annotation(type);
            }
        };
    }

    @Override
    public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
        return new FieldVisitor(API) {
            @Override
            public AnnotationVisitor visitAnnotation(String type, boolean visible) {
                return annotation(type);
            }

            @Override
            public AnnotationVisitor visitTypeAnnotation(int at, TypePath path, String type, boolean visible) {
                return annotation(type);
            }
        };
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] thrown) {
        return new Code(name);
    }

    private final class Code extends MethodVisitor {

        private final String method;
        private final List<String> texts = new ArrayList<>(); // constants since the last call

        private Code(String method) {
            super(API);
            this.method = method;
        }

        @Override
        public AnnotationVisitor visitAnnotation(String type, boolean visible) {
            return annotation(type);
        }

        @Override
        public AnnotationVisitor visitTypeAnnotation(int at, TypePath path, String type, boolean visible) {
            return annotation(type);
        }

        @Override
        public AnnotationVisitor visitParameterAnnotation(int parameter, String type, boolean visible) {
            return annotation(type);
        }

        @Override
        public void visitLdcInsn(Object value) {
            if (value instanceof String text) {
                texts.add(text);
            }
        }

        @Override
        public void visitLineNumber(int line, Label start) {
            // only constants and calls count
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String descriptor, boolean ofInterface) {
            boolean compiles = owner.equals(REGEX) && (called.equals("compile") || called.equals("matches"));
            boolean ofString =
                    owner.equals(STRING) && OF_STRING.contains(called) && descriptor.startsWith("(Ljava/lang/String;");
            if (compiles || ofString) {
                if (texts.isEmpty()) {
                    throw new AssertionError("A regular expression that is put together in " + method);
                }
                boolean replaces = called.startsWith("replace") && texts.size() > 1;
                String regex = texts.get(texts.size() - (replaces ? 2 : 1));
                found.add(new LinearPatterns.Use(regex, called.equals("matches")));
            }
            texts.clear();
        }
    }
}
