{
  "targets": [
    {
      "target_name": "gatehouse_native",
      "sources": ["src/addon.cc", "src/error.cc", "src/object.cc", "src/map.cc", "src/program.cc", "src/link.cc", "src/ringbuf.cc", "src/netlink.cc", "src/system.cc"],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=9", "NODE_ADDON_API_CPP_EXCEPTIONS"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "cflags_cc": ["-std=c++20", "-Wall", "-Wextra", "-Wno-unused-parameter", "-O2"],
      "libraries": ["-lbpf"]
    }
  ]
}
