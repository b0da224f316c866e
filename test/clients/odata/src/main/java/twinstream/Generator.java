package twinstream;

import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.apache.olingo.client.core.ODataClientFactory;
import org.apache.olingo.commons.api.edm.Edm;
import org.apache.olingo.commons.api.edm.EdmAction;
import org.apache.olingo.commons.api.edm.EdmEntityContainer;
import org.apache.olingo.commons.api.edm.EdmEntitySet;
import org.apache.olingo.commons.api.edm.EdmEntityType;
import org.apache.olingo.commons.api.edm.EdmFunction;
import org.apache.olingo.commons.api.edm.EdmNavigationProperty;
import org.apache.olingo.commons.api.edm.EdmOperation;
import org.apache.olingo.commons.api.edm.EdmProperty;
import org.apache.olingo.commons.api.edm.EdmSchema;
import org.apache.olingo.commons.api.edm.EdmStructuredType;
import org.apache.olingo.commons.api.edm.EdmType;
import org.apache.olingo.commons.api.edm.constants.EdmTypeKind;

/**
 * Writes a class for every type that the metadata declares, and an interface with its sets, functions and actions;
 * then compiles them. Prints what they hold, a line each.
 */
public final class Generator {
  private static final Map<String, String> JAVA = new HashMap<>();

  static {
    JAVA.put("Edm.String", "String");
    JAVA.put("Edm.Int32", "Integer");
    JAVA.put("Edm.Int64", "Long");
    JAVA.put("Edm.Double", "Double");
    JAVA.put("Edm.Boolean", "Boolean");
    JAVA.put("Edm.DateTime", "java.util.Date");
    JAVA.put("Edm.Guid", "java.util.UUID");
  }

  private final Path directory;
  private final List<String> sources = new ArrayList<>();

  private Generator(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    Generator generator = new Generator(Paths.get(arguments[1]));
    try (InputStream metadata = new FileInputStream(arguments[0])) {
      Edm edm = ODataClientFactory.getV3().getReader().readMetadata(metadata);
      for (EdmSchema schema : edm.getSchemas()) generator.generate(schema);
    }
    generator.compile();
  }

  private void generate(EdmSchema schema) throws Exception {
    for (EdmEntityType type : schema.getEntityTypes()) {
      List<String> keys = type.getKeyPredicateNames();
      if (keys.isEmpty()) throw new IllegalStateException(type.getName() + " has no key");
      for (String key : keys) require(type.getStructuralProperty(key).isNullable() == Boolean.FALSE, key);
      print("entity", type.getName(), keys, fields(type));
    }
    for (EdmStructuredType type : schema.getComplexTypes()) {
      print("complex", type.getName(), Collections.emptyList(), fields(type));
    }
    if (schema.getEntityContainer() != null) container(schema, schema.getEntityContainer());
  }

  private List<String> fields(EdmStructuredType type) throws Exception {
    List<String> names = new ArrayList<>();
    StringBuilder body = new StringBuilder();
    for (String name : type.getPropertyNames()) {
      EdmProperty property = (EdmProperty) type.getProperty(name);
      names.add(name);
      body.append(field(name, property.getType(), property.isCollection()));
    }
    for (String name : type.getNavigationPropertyNames()) {
      EdmNavigationProperty property = type.getNavigationProperty(name);
      names.add(name);
      body.append(field(name, property.getType(), property.isCollection()));
    }
    write(type.getName(), "public class " + type.getName() + " {\n" + body + "}\n");
    return names;
  }

  private void container(EdmSchema schema, EdmEntityContainer container) throws Exception {
    StringBuilder body = new StringBuilder();
    for (EdmEntitySet set : container.getEntitySets()) {
      EdmEntityType type = set.getEntityType();
      List<String> leads = new ArrayList<>();
      for (String name : type.getNavigationPropertyNames()) {
        require(set.getRelatedBindingTarget(name) != null, set.getName() + "/" + name);
        leads.add(name);
      }
      body.append("  java.util.List<" + type.getName() + "> get" + set.getName() + "();\n");
      print("set", set.getName(), Collections.singletonList(type.getName()), leads);
    }
    for (EdmFunction function : schema.getFunctions()) body.append(method("function", function));
    for (EdmAction action : schema.getActions()) body.append(method("action", action));
    write(container.getName(), "public interface " + container.getName() + " {\n" + body + "}\n");
  }

  private String method(String kind, EdmOperation operation) {
    List<String> parameters = new ArrayList<>();
    for (String name : operation.getParameterNames()) {
      EdmType type = operation.getParameter(name).getType();
      parameters.add(javaOf(type, operation.getParameter(name).isCollection()) + " " + name);
    }
    String returns = "void";
    if (operation.getReturnType() != null) {
      returns = javaOf(operation.getReturnType().getType(), operation.getReturnType().isCollection());
    }
    print(kind, operation.getName(), Collections.emptyList(), operation.getParameterNames());
    return "  " + returns + " " + operation.getName() + "(" + String.join(", ", parameters) + ");\n";
  }

  private String field(String name, EdmType type, boolean many) {
    return "  public " + javaOf(type, many) + " " + name + ";\n";
  }

  private String javaOf(EdmType type, boolean many) {
    boolean primitive = type.getKind() == EdmTypeKind.PRIMITIVE;
    String name = primitive ? JAVA.get("Edm." + type.getName()) : type.getName();
    require(name != null, "a Java type for " + type.getName());
    return many ? "java.util.List<" + name + ">" : name;
  }

  private void write(String name, String source) throws Exception {
    Path file = directory.resolve(name + ".java");
    require(!Files.exists(file), "one type called " + name);
    Files.write(file, source.getBytes("UTF-8"));
    sources.add(file.toString());
  }

  private void compile() {
    int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, sources.toArray(new String[0]));
    require(status == 0, "classes that compile");
    System.out.println("compiled " + sources.size());
  }

  private static void print(String kind, String name, List<String> of, List<String> members) {
    List<String> sorted = new ArrayList<>(members);
    Collections.sort(sorted);
    System.out.println(kind + " " + name + " " + of + " " + sorted);
  }

  private static void require(boolean holds, String what) {
    if (!holds) throw new IllegalStateException("The metadata does not give " + what);
  }
}
